import { Worker } from 'node:worker_threads';
import type { Config } from '../../config/config.ts';
import { toBraidError } from '../../core/errors.ts';
import type { Lease } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { LeaseGuardData, LeaseGuardMessage } from './lease-guard-messages.ts';

/** Beats of the event loop per lease time. */
const BEATS_PER_TTL = 5;
/** A process whose event loop stands still for so long is not held in office any more. */
const STUCK_MS = 30_000;

/**
 * Extends the writer's lease from a thread of its own, with its own connection to the metadata store, so that a busy event loop does not lose it. What the
 * writer may acknowledge is still for its own renewals to say. Disposing of it ends the thread; a thread that fails is logged: the writer goes on without.
 */
export async function guardLease(
  lease: Lease,
  options: { readonly ttlMs: number; readonly config: Config; readonly logger: PluginLogger },
): Promise<AsyncDisposable> {
  const { ttlMs, config, logger } = options;
  const { metadata, dataFolder, configFolder } = config;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: LeaseGuardData = { lease, ttlMs, stuckMs: STUCK_MS, metadata, dataFolder, configFolder, beats };
  const worker = new Worker(new URL('./lease-guard-thread.ts', import.meta.url), { workerData: data });
  const heart = setInterval(() => Atomics.add(beats, 0, 1), ttlMs / BEATS_PER_TTL);
  heart.unref();
  worker.on('message', ({ level, fields, message }: LeaseGuardMessage) => logger[level](fields, message));
  worker.on('error', (error) => {
    logger.warn({ reason: toBraidError(error).message }, 'the thread that guards the lease failed');
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(heart);
      worker.ref();
      worker.postMessage('stop');
      await ended;
    },
  };
}
