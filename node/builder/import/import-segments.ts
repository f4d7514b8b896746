import type { IndexRecord } from '../../../core/catalog.ts';
import type { ColumnBatch } from '../../../core/columns/column.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import { GrowingSegment } from '../../segment/growing-segment.ts';
import { TimeSlice } from '../../segment/time-slice.ts';
import { type BuiltSegment, sealSegment } from '../build-segment.ts';
import type { SegmentStore } from '../segment-store.ts';
import { IMPORT_LIMITS } from './limits.ts';

export interface ImportSegmentsOptions {
  readonly store: SegmentStore;
  readonly collectionId: number;
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  /** Of every row. */
  readonly timestamp: Timestamp;
  readonly newId: () => number;
  readonly segmentRowsMax: number;
  readonly segmentBytesMax: number;
  readonly signal: AbortSignal;
  /** So many rows have been written to storage. */
  readonly written: (rowCount: number) => void;
}

/** Builds the rows of one import into segments on storage: one open segment per partition, written when it is full. Nothing is published. */
export class ImportSegments implements AsyncDisposable {
  readonly #options: ImportSegmentsOptions;
  readonly #open = new Map<number, GrowingSegment>();
  readonly #built: BuiltSegment[] = [];
  /** Graphs that grow while more rows are parsed. */
  readonly #indexing = new Map<GrowingSegment, Promise<void>>();
  readonly #slice: TimeSlice;

  constructor(options: ImportSegmentsOptions) {
    this.#options = options;
    this.#slice = new TimeSlice(options.signal);
  }

  async append(partitionId: number, batch: ColumnBatch): Promise<void> {
    const { segmentRowsMax, segmentBytesMax } = this.#options;
    const open = this.#open.get(partitionId);
    const isFull = open && (open.rowCount + batch.rowCount > segmentRowsMax || open.byteLength >= segmentBytesMax);
    if (open && isFull) await this.#write(open);
    const segment = this.#open.get(partitionId) ?? this.#begin(partitionId);
    segment.append(batch, this.#options.timestamp);
    this.#index(segment);
    if (this.#slice.isOver()) await this.#slice.next();
    while (this.#openBytes() > IMPORT_LIMITS.openBytesMax) await this.#write(this.#largest());
  }

  /** All rows are there: writes what is open. The segments stay safe from garbage collection until this is disposed of. */
  async finish(): Promise<readonly BuiltSegment[]> {
    for (const segment of [...this.#open.values()]) await this.#write(segment);
    return this.#built;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const segment of this.#open.values()) segment.close();
    await Promise.allSettled(this.#indexing.values());
    for (const built of this.#built) await built.end();
  }

  #begin(partitionId: number): GrowingSegment {
    const { schema, indexes, newId } = this.#options;
    const segment = new GrowingSegment({ id: newId(), partitionId, schema, indexes });
    this.#open.set(partitionId, segment);
    return segment;
  }

  #index(segment: GrowingSegment): void {
    if (this.#indexing.has(segment)) return;
    const indexing = segment
      .indexPending()
      // Writing brings in what is missing and meets the error again.
      .catch(() => undefined)
      .finally(() => this.#indexing.delete(segment));
    this.#indexing.set(segment, indexing);
  }

  async #write(segment: GrowingSegment): Promise<void> {
    const { store, collectionId, timestamp, signal, written } = this.#options;
    this.#open.delete(segment.partitionId);
    try {
      segment.freeze();
      this.#built.push(await sealSegment(store, segment, { collectionId, deletesApplied: () => timestamp, signal }));
    } finally {
      segment.close();
    }
    written(segment.rowCount);
  }

  #openBytes(): number {
    let bytes = 0;
    for (const segment of this.#open.values()) bytes += segment.byteLength;
    return bytes;
  }

  #largest(): GrowingSegment {
    return [...this.#open.values()].reduce((largest, one) => (one.byteLength > largest.byteLength ? one : largest));
  }
}
