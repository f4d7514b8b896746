import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexRecord, SegmentRecord } from '../../../core/catalog.ts';
import type { Column, ColumnBatch } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, textAt, vectorColumn } from '../../../core/columns/column-operations.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import type { MetricType } from '../../../core/metric.ts';
import type { CollectionSchema, FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType, isDenseVector, vectorRowBytes } from '../../../core/schema/data-type.ts';
import type { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { openSealedSegment, type SealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { DeleteBatch, Segment, SegmentHits, SegmentSearch } from '../../../node/segment/segment.ts';
import { type WrittenSegment, writeSegment } from '../../../node/segment/write-segment.ts';

/** Repeatable numbers in 0..1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function field(id: number, name: string, dataType: DataType, more: Partial<FieldSchema> = {}): FieldSchema {
  return {
    id,
    name,
    dataType,
    description: '',
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: false,
    typeParams: {},
    ...more,
  };
}

export function schemaOf(fields: readonly FieldSchema[], version = 1): CollectionSchema {
  const enableDynamicField = fields.some((candidate) => candidate.isDynamic);
  return { name: 'things', description: '', enableDynamicField, fields, structs: [], functions: [], version };
}

export const DIMENSION = 16;

/** A key, a number, a vector. */
export const smallSchema = schemaOf([
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'color', DataType.Int32),
  field(102, 'vector', DataType.FloatVector, { dimension: DIMENSION }),
]);

export const textKeySchema = schemaOf([
  field(100, 'id', DataType.VarChar, { isPrimaryKey: true, maxLength: 100 }),
  field(101, 'color', DataType.Int32),
  field(102, 'vector', DataType.FloatVector, { dimension: DIMENSION }),
]);

export function index(fieldId: number, indexType: string, metricType: MetricType, params = {}): IndexRecord {
  return { id: 1000 + fieldId, name: `index_${fieldId}`, fieldId, indexType, metricType, params };
}

/** Vectors around centres, as embeddings lie: neighbours are of one cluster. */
export function clusteredVectors(count: number, dimension: number, seed = 1, clusters = 20): Float32Array {
  const random = randomNumbers(seed);
  const centres = randomNumbers(99);
  const centre = Float32Array.from({ length: clusters * dimension }, () => centres() * 2 - 1);
  const vectors = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const at = Math.floor(random() * clusters) * dimension;
    for (let i = 0; i < dimension; i++) vectors[row * dimension + i] = centre[at + i]! + (random() - 0.5) * 0.8;
  }
  return vectors;
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

export function floatVectors(values: Float32Array, dimension = DIMENSION): Column {
  return vectorColumn(DataType.FloatVector, dimension, dimension * 4, bytesOf(values));
}

export function keyColumn(keys: KeyList): Column {
  return keys instanceof BigInt64Array ? fixedColumn(DataType.Int64, keys) : bytesColumnFrom(DataType.VarChar, keys);
}

export function keysFrom(from: number, count: number): BigInt64Array {
  return BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i));
}

/** Rows of `smallSchema` or `textKeySchema`; color is the key's place modulo 10. */
export function smallBatch(keys: KeyList, vectors: Float32Array): ColumnBatch {
  const colors = Int32Array.from({ length: keys.length }, (_, i) => i % 10);
  const columns = new Map<number, Column>([
    [100, keyColumn(keys)],
    [101, fixedColumn(DataType.Int32, colors)],
    [102, floatVectors(vectors)],
  ]);
  return { rowCount: keys.length, columns };
}

export function deletes(keys: KeyList, timestamp: bigint, partitionId?: number): DeleteBatch {
  return {
    keys,
    timestamps: new BigUint64Array(keys.length).fill(timestamp),
    partitionIds: partitionId === undefined ? undefined : new BigInt64Array(keys.length).fill(BigInt(partitionId)),
  };
}

export function search(queries: Float32Array, more: Partial<SegmentSearch> = {}): SegmentSearch {
  return {
    fieldId: 102,
    metric: 'L2',
    queries: bytesOf(queries),
    queryCount: queries.length / DIMENSION,
    k: 10,
    expansion: 64,
    probes: 0,
    candidates: 0,
    filter: undefined,
    radius: undefined,
    rangeFilter: undefined,
    queryOffsets: undefined,
    dropRatio: 0,
    bm25: undefined,
    ...more,
  };
}

export async function searchOnce(segment: Segment, request: SegmentSearch): Promise<SegmentHits> {
  using snapshot = segment.snapshot();
  return await snapshot.search(request);
}

export function squaredDistance(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i]! - right[i]!) ** 2;
  return sum;
}

/** The k nearest of these rows by L2, as row numbers. */
export function nearestRows(vectors: Float32Array, query: Float32Array, k: number, rows: readonly number[]): number[] {
  const distance = (row: number) => squaredDistance(vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION), query);
  return rows
    .map((row) => [distance(row), row] as const)
    .sort((left, right) => left[0] - right[0] || left[1] - right[1])
    .slice(0, k)
    .map(([, row]) => row);
}

/** A value as something to compare; undefined for null. */
export function valueAt(column: Column, row: number): unknown {
  if (column.valid?.[row] === 0) return undefined;
  switch (column.kind) {
    case 'fixed':
      return column.values[row];
    case 'bytes':
      return textAt(column, row);
    case 'vector':
      return [...column.data.subarray(row * column.rowBytes, (row + 1) * column.rowBytes)];
  }
}

export function textsOf(column: Column): unknown[] {
  return Array.from({ length: column.rowCount }, (_, row) => valueAt(column, row));
}

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'braid-segment-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function recordOf(written: WrittenSegment, id: number, partitionId = 7): SegmentRecord {
  const { folder, ...rest } = written;
  return { ...rest, id, collectionId: 1, partitionId, prefix: folder, compactedFrom: [], createdVersion: 1 };
}

/** Freezes, writes and opens again. */
export async function sealSegment(
  growing: GrowingSegment,
  folder: string,
  indexes: readonly IndexRecord[],
  schema = growing.schema,
): Promise<SealedSegment> {
  growing.freeze();
  const written = await writeSegment(growing, folder, { deletesAppliedTimestamp: growing.maxTimestamp });
  return openSealedSegment(recordOf(written, growing.id, growing.partitionId), { schema, indexes, folder });
}

/** A schema with every kind of field that a segment stores. */
export const everySchema = schemaOf([
  field(100, 'id', DataType.VarChar, { isPrimaryKey: true, maxLength: 100 }),
  field(101, 'bool', DataType.Bool, { nullable: true }),
  field(102, 'int8', DataType.Int8),
  field(103, 'int16', DataType.Int16),
  field(104, 'int32', DataType.Int32, { nullable: true }),
  field(105, 'int64', DataType.Int64),
  field(106, 'float', DataType.Float),
  field(107, 'double', DataType.Double),
  field(108, 'text', DataType.VarChar, { nullable: true, maxLength: 1000 }),
  field(109, 'json', DataType.JSON, { nullable: true }),
  field(110, 'array', DataType.Array, { elementType: DataType.Int32, maxCapacity: 10 }),
  field(111, 'time', DataType.Timestamptz),
  field(112, 'floats', DataType.FloatVector, { dimension: 8 }),
  field(113, 'halves', DataType.Float16Vector, { dimension: 8 }),
  field(114, 'brains', DataType.BFloat16Vector, { dimension: 8 }),
  field(115, 'bytes', DataType.Int8Vector, { dimension: 8 }),
  field(116, 'bits', DataType.BinaryVector, { dimension: 16 }),
  field(117, 'maybe', DataType.FloatVector, { dimension: 8, nullable: true }),
  field(118, 'given', DataType.VarChar, { defaultValue: 'nothing said', maxLength: 100 }),
  field(119, '$meta', DataType.JSON, { isDynamic: true }),
]);

/** Random rows of `everySchema`, without `given` and `$meta`. */
export function everyBatch(from: number, rowCount: number): ColumnBatch {
  const random = randomNumbers(from + 1);
  const valid = () => Uint8Array.from({ length: rowCount }, () => (random() < 0.8 ? 1 : 0));
  const rows = Array.from({ length: rowCount }, (_, i) => i);
  const numbers = (scale: number) => rows.map(() => Math.floor((random() - 0.5) * scale));
  const texts = (make: (row: number) => string, isNullable: boolean) =>
    rows.map((row) => (isNullable && random() < 0.2 ? undefined : make(row)));
  const columns = new Map<number, Column>([
    [
      100,
      bytesColumnFrom(
        DataType.VarChar,
        rows.map((row) => `key-${from + row}`),
      ),
    ],
    [
      101,
      fixedColumn(
        DataType.Bool,
        Uint8Array.from(rows, () => (random() < 0.5 ? 1 : 0)),
        valid(),
      ),
    ],
    [102, fixedColumn(DataType.Int8, Int8Array.from(numbers(250)))],
    [103, fixedColumn(DataType.Int16, Int16Array.from(numbers(60_000)))],
    [104, fixedColumn(DataType.Int32, Int32Array.from(numbers(4e9)), valid())],
    [105, fixedColumn(DataType.Int64, BigInt64Array.from(numbers(1e15), BigInt))],
    [
      106,
      fixedColumn(
        DataType.Float,
        Float32Array.from(rows, () => random() - 0.5),
      ),
    ],
    [
      107,
      fixedColumn(
        DataType.Double,
        Float64Array.from(rows, () => random() - 0.5),
      ),
    ],
    [
      108,
      bytesColumnFrom(
        DataType.VarChar,
        texts((row) => `Grüße ${row} 𝛑`, true),
      ),
    ],
    [
      109,
      bytesColumnFrom(
        DataType.JSON,
        texts((row) => JSON.stringify({ row, tags: ['a', row % 3] }), true),
      ),
    ],
    [
      110,
      bytesColumnFrom(
        DataType.Array,
        rows.map((row) => Uint8Array.from({ length: row % 5 }, (_, i) => i + row)),
      ),
    ],
    [111, fixedColumn(DataType.Timestamptz, BigInt64Array.from(numbers(1e15), BigInt))],
  ]);
  for (const { id, dataType, dimension, nullable } of everySchema.fields) {
    if (!isDenseVector(dataType)) continue;
    const rowBytes = vectorRowBytes(dataType, dimension!);
    const flags = nullable ? valid() : undefined;
    const data = vectorBytes(dataType, rowCount * dimension!, random);
    for (let row = 0; row < rowCount; row++) {
      if (flags?.[row] === 0) data.fill(0, row * rowBytes, (row + 1) * rowBytes);
    }
    columns.set(id, vectorColumn(dataType, dimension!, rowBytes, data, flags));
  }
  return { rowCount, columns };
}

function vectorBytes(dataType: DataType, count: number, random: () => number): Uint8Array {
  const values = Float32Array.from({ length: count }, () => random() * 2 - 1);
  switch (dataType) {
    case DataType.FloatVector:
      return bytesOf(values);
    case DataType.Float16Vector:
      return bytesOf(Float16Array.from(values));
    case DataType.BFloat16Vector:
      return bytesOf(Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16));
    case DataType.Int8Vector:
      return bytesOf(Int8Array.from(values, (value) => Math.round(value * 127)));
    default:
      return Uint8Array.from({ length: count / 8 }, () => Math.floor(random() * 256));
  }
}
