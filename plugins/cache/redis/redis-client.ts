import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RedisOptions as ClientOptions, Cluster, Redis } from 'ioredis';
import { BraidError } from '../../../core/errors.ts';
import { CACHE_LIMITS } from '../limits.ts';
import type { RedisOptions } from './redis-options.ts';

const LIMITS = CACHE_LIMITS.redis;

export type RedisClient = Redis | Cluster;

/**
 * Makes clients that begin to connect at once and try again for ever. No command waits for a connection (no offline queue) and none is sent twice.
 * Throws `parameterInvalid` for files that cannot be read and options that exclude each other.
 */
export async function redisClients(options: RedisOptions, configFolder: string): Promise<() => RedisClient> {
  const { sentinels, sentinelName, nodes, url } = options;
  if (sentinels && nodes)
    throw new BraidError('parameterInvalid', 'either sentinels or nodes of a Redis Cluster, not both');
  const { Redis, Cluster } = await import('ioredis');
  const common = await commonOptions(options, configFolder);
  if (nodes) {
    return () =>
      new Cluster(nodes.map(hostAndPort), {
        redisOptions: common,
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectDelayMs,
        retryDelayOnFailover: LIMITS.probeMsMin,
        slotsRefreshTimeout: LIMITS.connectTimeoutMs,
      });
  }
  if (sentinels) {
    const db = Number(new URL(url).pathname.slice(1) || 0);
    const master = { sentinels: sentinels.map(hostAndPort), name: sentinelName, db };
    return () => new Redis({ ...common, ...master, sentinelRetryStrategy: reconnectDelayMs });
  }
  return () => new Redis(url, common);
}

async function commonOptions(options: RedisOptions, configFolder: string) {
  const { username, password, tls, sentinels } = options;
  const read = async (file: string | undefined): Promise<Buffer | undefined> => {
    if (file === undefined) return undefined;
    try {
      return await readFile(resolve(configFolder, file));
    } catch (cause) {
      throw new BraidError('parameterInvalid', `${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  const [ca, cert, key] = await Promise.all([read(tls?.caFile), read(tls?.certFile), read(tls?.keyFile)]);
  return {
    connectionName: 'braid',
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: LIMITS.connectTimeoutMs,
    socketTimeout: LIMITS.silenceMsMax,
    retryStrategy: reconnectDelayMs,
    // A master that became a replica keeps its connections: the sentinels know who is the master now.
    ...(sentinels && { reconnectOnError: (error: Error) => error.message.startsWith('READONLY') }),
  } satisfies ClientOptions;
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(LIMITS.probeMsMax, LIMITS.probeMsMin * 2 ** Math.min(attempt, 10));
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
