import { definePlugin } from '../plugin.ts';
import { CACHE_LIMITS } from './limits.ts';
import { RedisCache } from './redis/redis-cache.ts';
import { redisClients } from './redis/redis-client.ts';
import { redisOptions } from './redis/redis-options.ts';

/**
 * A Redis (5 or later; alone, with sentinels, or a Redis Cluster) that the routers of a cluster share. It may come, go, be flushed or hold garbage at any time; it need
 * not be there at the start either.
 */
export default definePlugin({
  api: 1,
  kind: 'cache',
  name: 'redis',
  options: redisOptions,
  async open(options, { configFolder, logger }) {
    const cache = new RedisCache({
      prefix: `braid:${options.cluster}:`,
      timeoutMs: options.timeoutMs,
      createClient: await redisClients(options, configFolder),
      logger,
    });
    await cache.start(CACHE_LIMITS.redis.startupWaitMsMax);
    return cache;
  },
});
