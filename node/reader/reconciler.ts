import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { READER_LIMITS } from './limits.ts';
import type { HeldCollection, Readiness } from './readiness.ts';

/** The part of a ReaderCollection that is needed here. */
export interface Reconcilable extends HeldCollection {
  readonly view: { readonly version: number } | undefined;
  readonly signal: AbortSignal;
  refresh(): Promise<void>;
  hold(wanted: ReadonlySet<number>, nowMs: number): Promise<void>;
}

export interface ReconcilerDependencies<Collection extends Reconcilable> {
  readonly collections: () => Iterable<Collection>;
  /** Version of the collection's newest view. */
  readonly viewVersion: (collectionId: number) => number;
  /** The segments that placement gives to this reader; undefined while that cannot be said. */
  readonly ownSegments: (collection: Collection) => Promise<ReadonlySet<number> | undefined>;
  /** Lets go of what others have taken over. */
  readonly release: (collection: Collection, own: ReadonlySet<number>, nowMs: number) => Promise<void>;
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly logger: PluginLogger;
}

/**
 * Makes collections hold what they should, again whenever something changed. Several at a time, each on its own: one that hangs (a storage that does not answer, a
 * damaged file) holds up neither the others nor their next changes.
 */
export class Reconciler<Collection extends Reconcilable> {
  readonly #dependencies: ReconcilerDependencies<Collection>;
  /** Collections that are at it; true: something changed meanwhile. */
  readonly #busy = new Map<Collection, boolean>();
  #wake: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(dependencies: ReconcilerDependencies<Collection>) {
    this.#dependencies = dependencies;
  }

  wake(): void {
    this.#wake?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { collections } = this.#dependencies;
    while (!signal.aborted) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      // What nobody wants any more is released after a while, without anything that changes.
      const pass = this.#reconcileAll([...collections()]).then(() => pause(READER_LIMITS.releaseDelayMs, signal));
      await Promise.race([pass, woken]);
    }
    clearTimeout(this.#retry);
  }

  async #reconcileAll(waiting: Collection[]): Promise<void> {
    const lane = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await this.#reconcile(next);
    };
    await Promise.all(Array.from({ length: READER_LIMITS.concurrentCollectionsMax }, lane));
  }

  async #reconcile(collection: Collection): Promise<void> {
    if (this.#busy.has(collection)) {
      this.#busy.set(collection, true);
      return;
    }
    const { viewVersion, ownSegments, release, readiness, clock, logger } = this.#dependencies;
    const { collectionId } = collection;
    this.#busy.set(collection, false);
    try {
      if ((collection.view?.version ?? -1) < viewVersion(collectionId)) await collection.refresh();
      const own = await ownSegments(collection);
      if (own) {
        readiness.wants(collection, own);
        await release(collection, own, clock.monotonicMs());
        await collection.hold(own, clock.monotonicMs());
      }
    } catch (error) {
      if (collection.signal.aborted) return;
      readiness.failed(collectionId);
      logger.error({ err: error, collectionId }, 'segments could not be loaded, trying again');
      this.#retrySoon();
    } finally {
      const changed = this.#busy.get(collection);
      this.#busy.delete(collection);
      if (changed) this.wake();
    }
  }

  #retrySoon(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.wake();
    }, READER_LIMITS.loadRetryMs).unref();
  }
}

/** Sleeps, or less when the signal aborts. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
}
