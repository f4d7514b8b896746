import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, toBraidError } from '../../core/errors.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { LeaseGuardData, LeaseGuardMessage } from './lease-guard-messages.ts';

/** The thread that extends a lease (lease-guard.ts). The entry of a worker: it runs when it is loaded. */
assert(parentPort, 'this is the entry of a worker thread');
const port = parentPort;
const { lease, ttlMs, stuckMs, metadata, dataFolder, configFolder, beats } = workerData as LeaseGuardData;
const RENEWALS_PER_TTL = 3;
const stopping = new AbortController();
const { signal } = stopping;
port.on('message', () => stopping.abort());

const say = (level: LeaseGuardMessage['level']) => (fields: object, message: string) => {
  // What cannot be sent as it is becomes text.
  const plain = JSON.parse(JSON.stringify(fields)) as object;
  port.postMessage({ level, fields: plain, message } satisfies LeaseGuardMessage);
};
const logger: PluginLogger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };

try {
  await using store = await openPlugin('metadata', metadata, { logger, dataFolder, configFolder, signal });
  let lastBeat = Atomics.load(beats, 0);
  let lastBeatAtMs = performance.now();
  while (await pause()) {
    const beat = Atomics.load(beats, 0);
    if (beat !== lastBeat) {
      lastBeat = beat;
      lastBeatAtMs = performance.now();
    } else if (performance.now() - lastBeatAtMs > stuckMs) {
      logger.error({ term: lease.term, stuckMs }, 'the event loop of this writer stands still, its lease is let go');
      break;
    }
    try {
      await store.renewLease(lease, ttlMs);
    } catch (thrown) {
      const error = toBraidError(thrown);
      // The writer finds out by itself.
      if (error.kind === 'termLost') break;
      logger.debug({ term: lease.term, reason: error.message }, 'the guard could not renew the lease, trying again');
    }
  }
} catch (thrown) {
  const reason = toBraidError(thrown).message;
  if (!signal.aborted) logger.warn({ reason }, 'the lease has no guard: a busy event loop may lose it');
} finally {
  port.close();
}

/** False when it is time to end. */
async function pause(): Promise<boolean> {
  await sleep(ttlMs / RENEWALS_PER_TTL, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
