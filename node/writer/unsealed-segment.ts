import type { ColumnBatch } from '../../core/columns/column.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { LogPosition } from '../../plugins/log/log.ts';
import type { GrowingSegment } from '../segment/growing-segment.ts';

/**
 * A growing segment and what the writer knows of its records in the log. It takes writes while it is *open*; once it is *detached* only the writes that were
 * given a place in it before still arrive, and when they have, it can be sealed or dropped.
 */
export class UnsealedSegment {
  readonly segment: GrowingSegment;
  readonly startedAtMs: number;
  /** The seal that is under way. */
  sealing: Promise<void> | undefined;
  /** The last try to seal failed then (monotonic). */
  failedAtMs: number | undefined;
  #isOpen = true;
  #isDropped = false;
  #pendingWrites = 0;
  #assignedRows = 0;
  #assignedBytes = 0;
  #firstPosition: LogPosition | undefined;
  #firstTimestamp: Timestamp | undefined;
  #drained: PromiseWithResolvers<void> | undefined;
  #isIndexing = false;
  #mustIndex = false;

  constructor(segment: GrowingSegment, startedAtMs: number) {
    this.segment = segment;
    this.startedAtMs = startedAtMs;
  }

  get id(): number {
    return this.segment.id;
  }

  get partitionId(): number {
    return this.segment.partitionId;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Rows in it or on their way into it. */
  get assignedRows(): number {
    return this.#assignedRows;
  }

  get assignedBytes(): number {
    return this.#assignedBytes;
  }

  /** Of the first record with rows in it that was applied; later ones have larger positions. */
  get firstPosition(): LogPosition | undefined {
    return this.#firstPosition;
  }

  get firstTimestamp(): Timestamp | undefined {
    return this.#firstTimestamp;
  }

  /** A write of so many rows goes to this segment; `append` or `refused` follows. */
  assign(rowCount: number, byteLength: number): void {
    this.#pendingWrites++;
    this.#assignedRows += rowCount;
    this.#assignedBytes += byteLength;
  }

  append(batch: ColumnBatch, timestamp: Timestamp, position: LogPosition): void {
    this.#firstPosition ??= position;
    this.#firstTimestamp ??= timestamp;
    if (!this.#isDropped) this.segment.append(batch, timestamp);
    this.#settle();
  }

  refused(rowCount: number, byteLength: number): void {
    this.#assignedRows -= rowCount;
    this.#assignedBytes -= byteLength;
    this.#settle();
  }

  /** No further writes are assigned to it. */
  detach(): void {
    this.#isOpen = false;
  }

  /** Resolves when every assigned write has arrived. */
  async drained(): Promise<void> {
    if (this.#pendingWrites === 0) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  /** Its rows are gone (collection, partition dropped or truncated); writes that still arrive vanish. */
  drop(): void {
    this.#isOpen = false;
    this.#isDropped = true;
    this.segment.close();
  }

  /** Brings new rows into the graphs in the background; rows that arrive meanwhile follow. */
  index(onError: (error: unknown) => void): void {
    this.#mustIndex = true;
    if (this.#isIndexing) return;
    this.#isIndexing = true;
    void this.#indexAll(onError);
  }

  async #indexAll(onError: (error: unknown) => void): Promise<void> {
    try {
      while (this.#mustIndex && !this.#isDropped) {
        this.#mustIndex = false;
        await this.segment.indexPending();
      }
    } catch (error) {
      if (!this.#isDropped) onError(error);
    } finally {
      this.#isIndexing = false;
    }
  }

  #settle(): void {
    this.#pendingWrites--;
    if (this.#pendingWrites > 0) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
