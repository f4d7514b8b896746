import type { Cache } from '../../plugins/cache/cache.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** The cache, with its reads and writes counted and timed. */
export function observeCache(cache: Cache, metrics: Metrics): Cache {
  metrics.cacheFailureSources.add(() => cache.failureCount);
  const timed = async <Value>(call: 'get' | 'set', work: Promise<Value>): Promise<Value> => {
    const beganMs = performance.now();
    const value = await work;
    metrics.cacheLatencyMs.observe({ call }, performance.now() - beganMs);
    return value;
  };
  return {
    shared: cache.shared,
    get failureCount() {
      return cache.failureCount;
    },
    async get(key) {
      const value = await timed('get', cache.get(key));
      metrics.cacheReads.inc({ outcome: value ? 'hit' : 'miss' });
      return value;
    },
    set: (key, value, ttlMs) => timed('set', cache.set(key, value, ttlMs)),
    delete: (key) => cache.delete(key),
    publish: (channel, message) => cache.publish(channel, message),
    subscribe: (channel, listener) => cache.subscribe(channel, listener),
    [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
  };
}
