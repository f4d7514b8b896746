import type { Metrics } from '../../telemetry/metrics.ts';

export type DependencyName = 'metadata' | 'storage' | 'log';

/**
 * The same plugin, with every call timed whose answer is a promise, and its failures counted. What it answers at once, and what it streams, is passed through.
 */
export function observeDependency<Plugin extends object>(
  dependency: DependencyName,
  plugin: Plugin,
  { dependencyLatencyMs, dependencyFailures }: Pick<Metrics, 'dependencyLatencyMs' | 'dependencyFailures'>,
): Plugin {
  const watch = async (call: string, answer: Promise<unknown>): Promise<unknown> => {
    const beganMs = performance.now();
    try {
      return await answer;
    } catch (error) {
      dependencyFailures.inc({ dependency, call });
      throw error;
    } finally {
      dependencyLatencyMs.observe({ dependency, call }, performance.now() - beganMs);
    }
  };
  const watched = new Map<string | symbol, unknown>();
  return new Proxy(plugin, {
    get(target, name) {
      if (watched.has(name)) return watched.get(name);
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method = (...parameters: unknown[]): unknown => {
        const answer: unknown = member.apply(target, parameters);
        return typeof name === 'string' && answer instanceof Promise ? watch(name, answer) : answer;
      };
      watched.set(name, method);
      return method;
    },
  });
}
