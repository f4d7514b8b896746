import type { IndexRecord, SegmentRecord } from '../../core/catalog.ts';
import type { CollectionSchema } from '../../core/schema/collection-schema.ts';
import type { GrowingSegment } from '../segment/growing-segment.ts';
import type { SealedSegment } from '../segment/sealed-segment.ts';
import type { DeleteBatch, Segment } from '../segment/segment.ts';
import { abortable } from './wait.ts';

/** A published segment with all deletes of its collection applied. */
export interface ReadySegment {
  readonly segment: GrowingSegment | SealedSegment;
  release(): Promise<void> | void;
}

interface Resident extends ReadySegment {
  expiresAtMs: number;
}

/**
 * The published segments of one collection that the writer holds in memory: just sealed ones, and those opened again for a router with an old view or for compaction.
 * Each is kept for a while after its last use; deletes are applied to all of them.
 */
export class ResidentSegments {
  readonly #residents = new Map<number, Resident>();
  readonly #opening = new Map<number, Promise<void>>();
  readonly #retentionMs: number;
  readonly #nowMs: () => number;
  /** Opens a segment; calls `ready` in the turn in which every delete so far has been applied to it. */
  readonly #open: (record: SegmentRecord, ready: (segment: ReadySegment) => void) => Promise<void>;
  #isClosed = false;

  constructor(
    retentionMs: number,
    nowMs: () => number,
    open: (record: SegmentRecord, ready: (segment: ReadySegment) => void) => Promise<void>,
  ) {
    this.#retentionMs = retentionMs;
    this.#nowMs = nowMs;
    this.#open = open;
  }

  get segments(): readonly Segment[] {
    return [...this.#residents.values()].map((resident) => resident.segment);
  }

  keep(id: number, ready: ReadySegment): void {
    if (this.#isClosed || this.#residents.has(id)) void ready.release();
    else this.#residents.set(id, { ...ready, expiresAtMs: this.#nowMs() + this.#retentionMs });
  }

  /** Undefined if it has to be opened. What is got is good for this turn; a snapshot taken in it keeps it longer. */
  get(id: number): Segment | undefined {
    const resident = this.#residents.get(id);
    if (!resident) return undefined;
    resident.expiresAtMs = this.#nowMs() + this.#retentionMs;
    return resident.segment;
  }

  /** As `get`, but does not count as use. */
  peek(id: number): Segment | undefined {
    return this.#residents.get(id)?.segment;
  }

  /** Resolves when `get` has it. Callers share one opening; `signal` ends the wait only. */
  async open(record: SegmentRecord, signal: AbortSignal): Promise<void> {
    if (this.#residents.has(record.id)) return;
    let opening = this.#opening.get(record.id);
    if (!opening) {
      opening = this.#open(record, (ready) => this.keep(record.id, ready)).finally(() =>
        this.#opening.delete(record.id),
      );
      opening.catch(() => undefined);
      this.#opening.set(record.id, opening);
    }
    await abortable(opening, signal);
  }

  applyDeletes(deletes: DeleteBatch): void {
    for (const { segment } of this.#residents.values()) segment.applyDeletes(deletes);
  }

  /** Follows fields added to the collection. */
  updateSchema(schema: CollectionSchema): void {
    for (const { segment } of this.#residents.values()) segment.updateSchema(schema);
  }

  async configureIndexes(indexes: readonly IndexRecord[]): Promise<void> {
    for (const segment of this.segments) await segment.configureIndexes(indexes);
  }

  /** Lets go what was not used for the retention time. */
  evict(): void {
    const nowMs = this.#nowMs();
    for (const [id, resident] of this.#residents) if (resident.expiresAtMs <= nowMs) this.#release(id, resident);
  }

  close(): void {
    this.#isClosed = true;
    for (const [id, resident] of this.#residents) this.#release(id, resident);
  }

  #release(id: number, resident: Resident): void {
    this.#residents.delete(id);
    void resident.release();
  }
}
