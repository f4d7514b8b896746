import type { IndexRecord } from '../../core/catalog.ts';
import type { BytesColumn, Column, ColumnBatch, VectorColumn } from '../../core/columns/column.ts';
import { fixedColumn } from '../../core/columns/column-operations.ts';
import { assert, BraidError } from '../../core/errors.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  functionOfOutput,
  primaryField,
} from '../../core/schema/collection-schema.ts';
import { DataType, isDenseVector } from '../../core/schema/data-type.ts';
import { NO_EXPIRY } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { defaultColumn } from './default-column.ts';
import { DeleteMask } from './delete-mask.ts';
import { ExpiredRows } from './expired-rows.ts';
import { FilterResults } from './filter-results.ts';
import { GrowableColumn } from './growable-column.ts';
import { GrowableVectors } from './growable-vectors.ts';
import { HashKeyIndex } from './hash-key-index.ts';
import { LateOutputs } from './late-outputs.ts';
import { Lifetime } from './lifetime.ts';
import { LIMITS } from './limits.ts';
import type { DeleteBatch, Segment, SegmentSnapshot } from './segment.ts';
import { applyDeletes, type SegmentContents } from './segment-contents.ts';
import { Snapshot } from './snapshot.ts';
import { hasPostings, SparseField } from './sparse-field.ts';

export interface GrowingSegmentOptions {
  readonly id: number;
  readonly partitionId: number;
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
}

/** A segment in the writer's memory: rows are appended, never changed. */
export class GrowingSegment implements Segment, SegmentContents {
  readonly id: number;
  readonly partitionId: number;
  readonly state = 'growing';
  readonly scalars = new Map<number, GrowableColumn>();
  readonly vectors = new Map<number, GrowableVectors>();
  readonly sparse = new Map<number, SparseField>();
  readonly timestamps = new GrowableColumn(DataType.Int64);
  readonly keyIndex: HashKeyIndex;
  readonly permutation = undefined;
  readonly mask = new DeleteMask();
  readonly unloaded = new Set<number>();
  readonly late = new LateOutputs(this);
  readonly filters = new FilterResults({ columns: this.scalars });
  readonly expired = new ExpiredRows();
  readonly #lifetime: Lifetime;
  #schema: CollectionSchema;
  #indexes: readonly IndexRecord[];
  #rowCount = 0;
  #byteLength = 0;
  #minTimestamp: Timestamp = 0n;
  #maxTimestamp: Timestamp = 0n;
  #hasDuplicateKeys = false;
  #isFrozen = false;

  constructor(options: GrowingSegmentOptions) {
    this.id = options.id;
    this.partitionId = options.partitionId;
    this.#schema = options.schema;
    this.#indexes = options.indexes;
    this.#lifetime = new Lifetime(`segment ${options.id}`, () => this.#release());
    for (const field of options.schema.fields) this.#addField(field);
    this.keyIndex = new HashKeyIndex(this.scalars.get(primaryField(options.schema).id)!);
  }

  get schema(): CollectionSchema {
    return this.#schema;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get deletedCount(): number {
    return this.mask.count;
  }

  get indexedRowCount(): number {
    return [...this.vectors.values()].reduce((least, vectors) => Math.min(least, vectors.indexedCount), this.#rowCount);
  }

  /** Memory held, capacity and indexes included. */
  get memoryBytes(): number {
    let bytes = this.timestamps.memoryBytes + this.keyIndex.memoryBytes;
    bytes += this.mask.memoryBytes + this.filters.memoryBytes;
    for (const column of this.scalars.values()) bytes += column.memoryBytes;
    for (const vectors of this.vectors.values()) bytes += vectors.memoryBytes;
    for (const sparse of this.sparse.values()) bytes += sparse.memoryBytes;
    return bytes;
  }

  /** Bytes of the rows themselves, as they count for sealing by size. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Of its rows; 0 while it is empty. */
  get minTimestamp(): Timestamp {
    return this.#minTimestamp;
  }

  get maxTimestamp(): Timestamp {
    return this.#maxTimestamp;
  }

  get hasDuplicateKeys(): boolean {
    return this.#hasDuplicateKeys;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /**
   * Adds rows; later snapshots see them all. Every field of the schema may be in the batch, primary key (also of autoID) included; a missing one reads as its default
   * or null, the output of a function is computed when it is read. An upsert applies its deletes first, then appends, in one turn.
   */
  append(batch: ColumnBatch, timestamp: Timestamp): void {
    this.appendStamped(batch, new BigInt64Array(batch.rowCount).fill(timestamp));
  }

  /** As `append`, with a timestamp per row: how compaction carries rows over. */
  appendStamped(batch: ColumnBatch, timestamps: BigInt64Array): void {
    if (this.#lifetime.isClosed) throw new BraidError('segmentNotFound', `segment ${this.id} is closed`);
    assert(!this.#isFrozen, `segment ${this.id} is frozen: its rows are being written`);
    if (batch.rowCount === 0) return;
    this.#takeOverMissing(batch);
    const fields = this.#schema.fields.filter((field) => !this.late.has(field.id));
    const columns = fields.map((field) => this.#columnOf(batch, field));
    for (let i = 0; i < columns.length; i++) this.#appendColumn(fields[i]!, columns[i]!);
    this.timestamps.append(fixedColumn(DataType.Int64, timestamps));
    this.#byteLength += timestamps.byteLength;
    const from = this.#rowCount;
    this.#rowCount += batch.rowCount;
    this.#noteTimestamps(timestamps);
    this.keyIndex.append(columns[fields.findIndex((field) => field.isPrimaryKey)]!, from, (older) => {
      if (!this.mask.has(older)) this.#hasDuplicateKeys = true;
    });
  }

  updateSchema(schema: CollectionSchema): void {
    if (schema.version <= this.#schema.version) return;
    for (const field of schema.fields) {
      if (this.scalars.has(field.id) || this.vectors.has(field.id) || functionOfOutput(schema, field.id)) continue;
      this.#addField(field);
      for (let from = 0; from < this.#rowCount; from += LIMITS.chunkRows) {
        this.#appendColumn(field, defaultColumn(field, Math.min(LIMITS.chunkRows, this.#rowCount - from)));
      }
    }
    this.late.follow(schema);
    this.#schema = schema;
  }

  /** Ends appends: the segment is about to be written. Deletes and reads go on. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /**
   * Brings the rows into the graphs and postings, off the event loop, in bounded batches, on `threads` native threads (default: the addon's). Rows not yet in are scanned exactly.
   * Ends when every row that is there by then is in. Calls while one runs share it.
   */
  async indexPending(threads?: number): Promise<void> {
    for (const vectors of this.vectors.values()) await vectors.index(threads);
    for (const sparse of this.sparse.values()) await sparse.indexPending();
  }

  snapshot(expiry = NO_EXPIRY): SegmentSnapshot {
    return new Snapshot(this, this, this.#lifetime.use(), expiry);
  }

  applyDeletes(deletes: DeleteBatch): number {
    return applyDeletes(this, deletes);
  }

  async configureIndexes(indexes: readonly IndexRecord[]): Promise<void> {
    this.#indexes = indexes;
    await Promise.all([...this.vectors.values()].map((vectors) => vectors.configure(indexes)));
  }

  close(): void {
    this.#lifetime.close();
  }

  #addField(field: FieldSchema): void {
    if (isDenseVector(field.dataType)) this.vectors.set(field.id, new GrowableVectors(field, this.#indexes));
    else this.scalars.set(field.id, new GrowableColumn(field.dataType));
    if (hasPostings(field)) this.sparse.set(field.id, new SparseField());
  }

  /** Rows may have been checked, or logged, before a function was added. */
  #takeOverMissing(batch: ColumnBatch): void {
    for (const definition of this.#schema.functions) {
      const fieldId = definition.outputFieldIds[0]!;
      if (batch.columns.has(fieldId) || this.late.has(fieldId)) continue;
      this.late.takeOver(this.#schema, definition, this.#rowCount);
    }
  }

  /** Everything that can be wrong with a batch is found before the first column changes. */
  #columnOf(batch: ColumnBatch, field: FieldSchema): Column {
    const column = batch.columns.get(field.id) ?? defaultColumn(field, batch.rowCount);
    const isFull = column.rowCount === batch.rowCount && column.dataType === field.dataType;
    assert(
      isFull,
      `field ${field.name} has ${column.rowCount} rows of type ${column.dataType}: the batch has other ones`,
    );
    return column;
  }

  #appendColumn(field: FieldSchema, column: Column): void {
    if (column.kind === 'vector') this.vectors.get(field.id)!.append(column as VectorColumn);
    else this.scalars.get(field.id)!.append(column);
    this.sparse.get(field.id)?.append(column as BytesColumn);
    this.#byteLength += bytesOfRows(column);
  }

  #noteTimestamps(timestamps: BigInt64Array): void {
    for (const timestamp of timestamps) {
      if (this.#minTimestamp === 0n || timestamp < this.#minTimestamp) this.#minTimestamp = timestamp;
      if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    }
  }

  #release(): void {
    this.late.close();
    for (const vectors of this.vectors.values()) vectors.close();
    for (const sparse of this.sparse.values()) sparse.close();
    this.filters.clear();
  }
}

function bytesOfRows(column: Column): number {
  switch (column.kind) {
    case 'fixed':
      return column.values.byteLength;
    case 'bytes':
      return column.offsets[column.rowCount]! - column.offsets[0]!;
    case 'vector':
      return column.data.byteLength;
  }
}
