import { toBraidError } from '../../core/errors.ts';
import { composeTimestamp, physicalMs } from '../../core/timestamps.ts';
import type { GarbageCollector } from '../builder/garbage-collector.ts';
import type { Admission } from './admission.ts';
import type { Compactor } from './compactor.ts';
import { WRITER_LIMITS } from './limits.ts';
import type { Sealer } from './sealer.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

export interface BackgroundParts {
  readonly sealer: Sealer;
  readonly compactor: Compactor;
  readonly garbage: GarbageCollector;
  readonly admission: Admission;
}

/** What happens without being asked: sealing by age, filing of deletes, compaction, letting go of memory, garbage collection. */
export class Background implements Disposable {
  readonly #context: WriterContext;
  readonly #parts: BackgroundParts;
  readonly #timer: NodeJS.Timeout;
  #compactAtMs: number;
  #collectAtMs: number;
  #isCompacting = false;
  #isCollecting = false;
  readonly #filing = new Set<number>();

  constructor(context: WriterContext, parts: BackgroundParts) {
    this.#context = context;
    this.#parts = parts;
    const nowMs = context.clock.monotonicMs();
    this.#compactAtMs = nowMs + context.settings.compactionIntervalMs;
    this.#collectAtMs = nowMs + context.settings.garbageIntervalMs;
    this.#timer = setInterval(() => this.#tick(), WRITER_LIMITS.backgroundIntervalMs);
    this.#timer.unref();
  }

  /** Compaction is looked at in the next tick: something has been sealed, or an index changed. */
  compactSoon(): void {
    this.#compactAtMs = 0;
  }

  /** One cycle of garbage collection. */
  async collectGarbage(): Promise<void> {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    try {
      await this.#parts.garbage.forgetRetired();
      await this.#parts.garbage.deleteUnknown(this.#context.signal);
      await this.#parts.sealer.truncateLog();
    } finally {
      this.#isCollecting = false;
      this.#collectAtMs = this.#context.clock.monotonicMs() + this.#context.settings.garbageIntervalMs;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const { clock, settings, collections, leadership } = this.#context;
    const nowMs = clock.monotonicMs();
    let unsealedBytes = 0;
    for (const collection of collections.values()) {
      for (const unsealed of collection.unsealed.values()) unsealedBytes += unsealed.segment.memoryBytes;
      this.#letGo(collection);
      if (leadership.isTrusted) this.#sealDue(collection, nowMs);
    }
    this.#parts.admission.measured(unsealedBytes);
    if (!leadership.isTrusted) return;
    if (settings.compactionEnabled && nowMs >= this.#compactAtMs) this.#run('compaction', this.#compact());
    if (nowMs >= this.#collectAtMs) this.#run('garbage collection', this.collectGarbage());
  }

  #sealDue(collection: WritableCollection, nowMs: number): void {
    const { settings } = this.#context;
    for (const unsealed of collection.unsealed.values()) {
      const isOld =
        unsealed.isOpen && unsealed.assignedRows > 0 && nowMs - unsealed.startedAtMs >= settings.sealAfterMs;
      const isLeft = !unsealed.isOpen && !unsealed.sealing;
      const isTooSoon = unsealed.failedAtMs !== undefined && nowMs - unsealed.failedAtMs < WRITER_LIMITS.sealRetryMs;
      if ((isOld || isLeft) && !isTooSoon) this.#parts.sealer.sealInBackground(collection, unsealed);
    }
    this.#fileDeletesDue(collection);
  }

  /** A collection that is only deleted from is never sealed: its deletes still have to leave the log. */
  #fileDeletesDue(collection: WritableCollection): void {
    const { settings, oracle } = this.#context;
    const applied = collection.oldestDeletesApplied();
    const oldest = applied === undefined ? undefined : collection.deletes.oldestUnfiled(applied);
    if (!oldest || this.#filing.has(collection.id)) return;
    const ageMs = physicalMs(oracle.now()) - physicalMs(oldest.timestamp);
    if (ageMs < settings.sealAfterMs && collection.deletes.keyCount < settings.deleteKeysMax) return;
    this.#filing.add(collection.id);
    const filed = this.#parts.sealer.fileDeletes(collection).finally(() => this.#filing.delete(collection.id));
    this.#run('filing of deletes', filed);
  }

  #letGo(collection: WritableCollection): void {
    const { settings, oracle } = this.#context;
    collection.residents.evict();
    const keptSinceMs = physicalMs(oracle.now()) - settings.retentionMs;
    collection.deletes.trim(composeTimestamp(Math.max(0, keptSinceMs)), settings.deleteKeysMax);
  }

  async #compact(): Promise<void> {
    if (this.#isCompacting) return;
    this.#isCompacting = true;
    this.#compactAtMs = this.#context.clock.monotonicMs() + this.#context.settings.compactionIntervalMs;
    try {
      for (const collection of [...this.#context.collections.values()]) {
        this.#context.signal.throwIfAborted();
        if (!collection.isDropped) await this.#parts.compactor.compactDue(collection);
      }
    } finally {
      this.#isCompacting = false;
    }
  }

  #run(what: string, work: Promise<unknown>): void {
    work.catch((thrown) => {
      if (this.#context.signal.aborted) return;
      this.#context.logger.warn({ reason: toBraidError(thrown).message }, `${what} failed and comes up again later`);
    });
  }
}
