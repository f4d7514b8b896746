import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/config.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { isAlone } from '../compose/own-members.ts';
import { connectError } from './connect-error.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** Storage, discovery, cache and tracing: opened as a start opens them, and used. */
export const serviceChecks: readonly Check[] = [
  { name: 'storage', run: checkStorage },
  { name: 'discovery', run: checkDiscovery },
  { name: 'cache', run: checkCache },
  { name: 'tracing', run: checkTracing },
];

/** Puts, gets, lists and deletes an object below a prefix of its own. */
async function checkStorage(config: Config, host: PluginHost): Promise<Finding[]> {
  await using storage = await openPlugin('storage', config.storage, host);
  const prefix = `doctor/${randomUUID()}/`;
  const key = `${prefix}probe`;
  const bytes = new TextEncoder().encode(key);
  const start = performance.now();
  try {
    await storage.put(key, bytes);
    const got = await storage.get(key);
    if (!isDeepStrictEqual(new Uint8Array(got), bytes))
      return [fail(`${config.storage.use}: an object came back with other bytes`, 'do not use this storage')];
    const listed: string[] = [];
    for await (const object of storage.list(prefix)) listed.push(object.key);
    if (!listed.includes(key))
      return [fail(`${config.storage.use}: an object that was put is not listed`, 'give Braid the right to list')];
  } finally {
    await storage.delete([key]);
  }
  const took = `${(performance.now() - start).toFixed(0)} ms`;
  const found = ok(`${config.storage.use}: an object was put, read, listed and deleted in ${took}`);
  if (storage.shared || isAlone(config)) return [found];
  return [found, warn('it is not shared', 'a cluster needs a storage that all nodes see')];
}

async function checkDiscovery(config: Config, host: PluginHost): Promise<Finding[]> {
  const { use } = config.discovery;
  if (isAlone(config)) return [ok('not needed: all roles are in this process')];
  await using discovery = await openPlugin('discovery', config.discovery, host);
  const members = await firstList(discovery.watch(AbortSignal.timeout(DOCTOR_LIMITS.firstListMsMax)));
  if (members === undefined)
    return [
      fail(`${use}: no list within ${DOCTOR_LIMITS.firstListMsMax} ms`, `is the registry of discovery.with there?`),
    ];
  const names = members.map(({ nodeId, roles }) => `${nodeId} (${roles.join(', ')})`).join(', ');
  const list = members.length > 0 ? ok(`${use} lists ${names}`) : warn(`${use} lists nobody`, 'start the other nodes');
  const away = await Promise.all(members.map(checkMember));
  return [list, ...away.filter((finding) => finding !== undefined)];
}

async function firstList(lists: AsyncIterable<readonly Member[]>): Promise<readonly Member[] | undefined> {
  for await (const members of lists) return members;
  return undefined;
}

async function checkMember({ nodeId, address }: Member): Promise<Finding | undefined> {
  const error = await connectError(address);
  if (error === undefined) return undefined;
  return warn(`${nodeId} does not answer on ${address}: ${error}`, 'is it running, and is that its node.port?');
}

/** A cache that is away costs time and no answers. */
async function checkCache(config: Config, host: PluginHost): Promise<Finding[]> {
  const { use } = config.cache;
  await using cache = await openPlugin('cache', config.cache, host);
  const key = `doctor:${randomUUID()}`;
  const start = performance.now();
  await cache.set(key, new Uint8Array([1]), DOCTOR_LIMITS.checkMsMax);
  const got = await cache.get(key);
  await cache.delete(key);
  if (got?.[0] !== 1)
    return [
      warn(`${use} does not keep what it is given`, 'is the server of cache.with running? Braid runs without it'),
    ];
  return [ok(`${use} keeps and gives in ${(performance.now() - start).toFixed(0)} ms`)];
}

async function checkTracing(config: Config, host: PluginHost): Promise<Finding[]> {
  const { use, with: options } = config.tracing;
  const { exporter } = await openPlugin('tracing', config.tracing, host);
  await exporter?.shutdown();
  const { endpoint } = options as { readonly endpoint?: unknown };
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [ok(`${use}, no endpoint of its own to ask`)];
  const { hostname, port, protocol } = new URL(endpoint);
  const address = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  const error = await connectError(address);
  if (error)
    return [warn(`${use}: ${address}: ${error}`, 'start the collector; until then spans are lost, nothing else')];
  return [ok(`${use}: ${address} can be reached`)];
}
