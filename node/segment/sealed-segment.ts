import { join } from 'node:path';
import type { IndexRecord, SegmentRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import { fieldsRead } from '../../core/rows/function-outputs.ts';
import { type CollectionSchema, fieldById, primaryField } from '../../core/schema/collection-schema.ts';
import { NO_EXPIRY } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { type ColumnChunks, fixedChunks } from './column-chunks.ts';
import { DeleteMask } from './delete-mask.ts';
import { ExpiredRows } from './expired-rows.ts';
import { FilterResults } from './filter-results.ts';
import { LateOutputs } from './late-outputs.ts';
import { Lifetime } from './lifetime.ts';
import { LIMITS } from './limits.ts';
import { readColumns, readWhole, type SegmentColumns } from './read-columns.ts';
import { combineRows, createRowBits } from './row-bits.ts';
import { ScalarIndexes } from './scalar-index/scalar-indexes.ts';
import { SealedVectors } from './sealed-vectors.ts';
import type { DeleteBatch, Segment, SegmentSnapshot } from './segment.ts';
import { applyDeletes, type SegmentContents } from './segment-contents.ts';
import {
  COLUMNS_FILE,
  DELETES_FILE,
  PERMUTATION_FILE,
  readManifest,
  type SegmentManifest,
} from './segment-manifest.ts';
import { Snapshot } from './snapshot.ts';
import { SortedKeyIndex } from './sorted-key-index.ts';
import { hasPostings, SparseField } from './sparse-field.ts';

export interface OpenSegmentOptions {
  /** Newest schema of the collection; fields younger than the segment read as their default or null. */
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  /** Of the collection; default: none. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Fields that reads will use; default: all. */
  readonly fieldIds?: readonly number[];
  /** Local folder with the segment's files (of these fields), verified (`verifySegmentFiles`). Must stay until the segment is closed. */
  readonly folder: string;
}

/** Opens a segment for reading: scalar columns into memory, with outputs of functions that are younger than it, vectors and their indexes mapped or loaded (is-mapped.ts). Throws `segmentLoadFailed`. */
export async function openSealedSegment(record: SegmentRecord, options: OpenSegmentOptions): Promise<SealedSegment> {
  try {
    const manifest = await readManifest(options.folder, record.id);
    if (manifest.segmentId !== record.id || manifest.rowCount !== record.rowCount) {
      throw new Error(`the manifest is of segment ${manifest.segmentId} with ${manifest.rowCount} rows`);
    }
    const fieldIds = options.fieldIds && withInputs(manifest, options.schema, options.fieldIds);
    const columns = await readColumns(join(options.folder, COLUMNS_FILE), manifest, fieldIds);
    const permutation = await readPermutation(join(options.folder, PERMUTATION_FILE), record.rowCount);
    const mask = await readDeletes(join(options.folder, DELETES_FILE), record.rowCount);
    const vectors = await openVectors(manifest, columns, options);
    const sparse = await openSparse(columns, options.schema);
    const { schema, indexes } = options;
    const unloaded = manifest.fields.map(({ id }) => id).filter((id) => fieldIds && !fieldIds.includes(id));
    const parts = { manifest, columns, permutation, mask, vectors, sparse, indexes, unloaded: new Set(unloaded) };
    const segment = new SealedSegment(record, schema, parts);
    // Like postings: a segment that is there answers at once.
    await segment.late.allReady();
    return segment;
  } catch (error) {
    if (error instanceof BraidError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `segment ${record.id} in ${options.folder} cannot be opened: ${why}`;
    throw new BraidError('segmentLoadFailed', message, { cause: error });
  }
}

interface SealedParts {
  readonly manifest: SegmentManifest;
  readonly columns: SegmentColumns;
  readonly permutation: Uint32Array;
  readonly mask: DeleteMask;
  readonly vectors: ReadonlyMap<number, SealedVectors>;
  readonly sparse: Map<number, SparseField>;
  readonly indexes: readonly IndexRecord[];
  readonly unloaded: Set<number>;
}

/** Immutable rows from files, and a mask of deletes that grows. */
export class SealedSegment implements Segment, SegmentContents {
  readonly record: SegmentRecord;
  readonly state = 'sealed';
  readonly hasDuplicateKeys: boolean;
  readonly scalars: Map<number, ColumnChunks>;
  readonly vectors: ReadonlyMap<number, SealedVectors>;
  readonly sparse: Map<number, SparseField>;
  readonly late: LateOutputs;
  readonly unloaded: Set<number>;
  readonly timestamps: ColumnChunks;
  readonly keyIndex: SortedKeyIndex;
  readonly mask: DeleteMask;
  readonly filters: FilterResults;
  readonly expired: ExpiredRows;
  readonly #columnBytes: number;
  readonly #scalarIndexes: ScalarIndexes;
  readonly #lifetime: Lifetime;
  #schema: CollectionSchema;

  constructor(record: SegmentRecord, schema: CollectionSchema, parts: SealedParts) {
    const { manifest, columns } = parts;
    this.record = record;
    this.hasDuplicateKeys = manifest.hasDuplicateKeys;
    this.scalars = new Map([...columns.scalars].map(([id, chunks]) => [id, fixedChunks(chunks)]));
    this.vectors = parts.vectors;
    this.sparse = parts.sparse;
    this.unloaded = parts.unloaded;
    this.late = new LateOutputs(this);
    this.late.follow(schema);
    this.timestamps = fixedChunks(columns.timestamps);
    this.keyIndex = new SortedKeyIndex(this.scalars.get(primaryField(schema).id)!, parts.permutation);
    this.mask = parts.mask;
    this.#scalarIndexes = new ScalarIndexes(this.scalars, record.rowCount);
    this.#scalarIndexes.configure(schema, parts.indexes);
    this.filters = new FilterResults({ columns: this.scalars, lookup: () => this.#scalarIndexes.lookup() });
    this.expired = new ExpiredRows();
    this.#columnBytes = columns.memoryBytes;
    this.#lifetime = new Lifetime(`segment ${record.id}`, () => this.#release());
    this.#schema = schema;
  }

  get id(): number {
    return this.record.id;
  }

  get partitionId(): number {
    return this.record.partitionId;
  }

  get rowCount(): number {
    return this.record.rowCount;
  }

  get minTimestamp(): Timestamp {
    return this.record.minTimestamp;
  }

  get maxTimestamp(): Timestamp {
    return this.record.maxTimestamp;
  }

  get schema(): CollectionSchema {
    return this.#schema;
  }

  get permutation(): Uint32Array {
    return this.keyIndex.permutation;
  }

  get deletedCount(): number {
    return this.mask.count;
  }

  get indexedRowCount(): number {
    return [...this.vectors.values()].reduce((least, vectors) => Math.min(least, vectors.indexedCount), this.rowCount);
  }

  /** Whether reads may use these fields (undefined: every field). */
  hasLoaded(fieldIds: readonly number[] | undefined): boolean {
    return fieldIds ? !fieldIds.some((id) => this.unloaded.has(id)) : this.unloaded.size === 0;
  }

  /** Mapped files are not in it. */
  get memoryBytes(): number {
    let bytes = this.#columnBytes + this.keyIndex.memoryBytes + this.mask.memoryBytes;
    bytes += this.filters.memoryBytes + this.#scalarIndexes.memoryBytes + this.late.memoryBytes;
    for (const vectors of this.vectors.values()) bytes += vectors.memoryBytes;
    for (const sparse of this.sparse.values()) bytes += sparse.memoryBytes;
    return bytes;
  }

  /** Resolves when the scalar indexes that filters have asked for are built. */
  scalarIndexesSettled(): Promise<void> {
    return this.#scalarIndexes.settled();
  }

  updateSchema(schema: CollectionSchema): void {
    if (schema.version <= this.#schema.version) return;
    this.#schema = schema;
    this.late.follow(schema);
    // Ahead of the first read that needs them; it tries again what fails here.
    this.late.allReady().catch(() => undefined);
  }

  snapshot(expiry = NO_EXPIRY): SegmentSnapshot {
    return new Snapshot(this, this, this.#lifetime.use(), expiry);
  }

  applyDeletes(deletes: DeleteBatch): number {
    return applyDeletes(this, deletes);
  }

  async configureIndexes(indexes: readonly IndexRecord[]): Promise<void> {
    this.#scalarIndexes.configure(this.#schema, indexes);
    await Promise.all([...this.vectors.values()].map((vectors) => vectors.configure(indexes)));
  }

  close(): void {
    this.#lifetime.close();
  }

  #release(): void {
    this.late.close();
    for (const vectors of this.vectors.values()) vectors.close();
    for (const sparse of this.sparse.values()) sparse.close();
    this.filters.clear();
    this.#scalarIndexes.close();
  }
}

/** What outputs younger than the segment are computed from comes with them. */
function withInputs(
  manifest: SegmentManifest,
  schema: CollectionSchema,
  fieldIds: readonly number[],
): readonly number[] {
  const lacks = (id: number) => fieldIds.includes(id) && !manifest.fields.some((field) => field.id === id);
  const late = schema.functions.filter(({ outputFieldIds }) => outputFieldIds.some(lacks));
  return [...fieldIds, ...late.flatMap((definition) => fieldsRead(schema, definition).map(({ id }) => id))];
}

async function openVectors(
  manifest: SegmentManifest,
  columns: SegmentColumns,
  options: OpenSegmentOptions,
): Promise<ReadonlyMap<number, SealedVectors>> {
  const { schema, indexes, folder, properties = {} } = options;
  const opened = new Map<number, SealedVectors>();
  try {
    for (const vectors of manifest.vectors) {
      const field = fieldById(schema, vectors.fieldId);
      if (!field || options.fieldIds?.includes(field.id) === false) continue;
      const nullRows = columns.nullRows.get(field.id);
      const { rowCount } = manifest;
      const part = { field, manifest: vectors, indexes, folder, rowCount, nullRows, properties };
      opened.set(field.id, await SealedVectors.open(part));
    }
    return opened;
  } catch (error) {
    for (const vectors of opened.values()) vectors.close();
    throw error;
  }
}

async function openSparse(columns: SegmentColumns, schema: CollectionSchema): Promise<Map<number, SparseField>> {
  const fields = new Map<number, SparseField>();
  for (const field of schema.fields) {
    const chunks = columns.scalars.get(field.id);
    if (chunks && hasPostings(field)) fields.set(field.id, await SparseField.of(fixedChunks(chunks)));
  }
  return fields;
}

async function readPermutation(path: string, rowCount: number): Promise<Uint32Array> {
  const bytes = await readWhole(path, LIMITS.columnsFileBytesMax);
  if (bytes.length !== rowCount * 4) throw new Error(`${path} has ${bytes.length} bytes for ${rowCount} rows`);
  return new Uint32Array(bytes.buffer, 0, rowCount);
}

async function readDeletes(path: string, rowCount: number): Promise<DeleteMask> {
  const bytes = await readWhole(path, LIMITS.columnsFileBytesMax);
  if (bytes.length !== (rowCount + 7) >>> 3) throw new Error(`${path} has ${bytes.length} bytes for ${rowCount} rows`);
  const bits = createRowBits(rowCount);
  bits.set(bytes);
  const { count } = combineRows(rowCount, bits, []);
  return new DeleteMask(bits, count);
}
