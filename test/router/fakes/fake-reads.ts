import { testBit } from '../../../core/bitset.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import { fieldById, primaryField } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type {
  ColumnMessage,
  FilterMessage,
  QueryRequest,
  QueryResponse,
  ReadState,
  SearchRequest,
  SearchResponse,
} from '../../../proto/generated/node.ts';
import {
  arrayFrom,
  bytesOf,
  decodeKeys,
  encodeColumn,
  encodeKeys,
  keyListFrom,
} from '../../../proto/node-protocol/column-codec.ts';
import { decodeTemplates } from '../../../proto/node-protocol/filter-codec.ts';
import { columnOf, type Row } from './fake-rows.ts';

/** A row and where a node has it. */
export interface PlacedRow {
  readonly row: Row;
  readonly segmentId: number;
  readonly offset: number;
}

/** Brute force: exact, slow, and different code from the product's. */
export function searchRows(
  rows: readonly PlacedRow[],
  schema: CollectionSchema,
  request: SearchRequest,
  state: ReadState,
): SearchResponse {
  const passing = filtered(rows, schema, request.filter);
  const queries = arrayFrom(Float32Array, request.queries);
  const dimension = queries.length / request.queryCount;
  const perQuery = Array.from({ length: request.queryCount }, (_, i) => {
    const query = queries.subarray(i * dimension, (i + 1) * dimension);
    const ranked = passing
      .map((placed) => ({ placed, score: distance(query, placed.row.values.get(request.fieldId) as number[]) }))
      .sort((left, right) => left.score - right.score || (left.placed.row.key < right.placed.row.key ? -1 : 1));
    return distinct(ranked, (hit) => hit.placed.row).slice(0, request.k);
  });
  const hits = perQuery.flat();
  const segmentIds = [...new Set(hits.map((hit) => hit.placed.segmentId))];
  return {
    counts: bytesOf(Uint32Array.from(perQuery, (list) => list.length)),
    scores: bytesOf(Float32Array.from(hits, (hit) => hit.score)),
    keys: encodeKeys(keyListFrom(hits.map((hit) => hit.placed.row.key))),
    timestamps: bytesOf(BigUint64Array.from(hits, (hit) => hit.placed.row.timestamp)),
    segmentIndexes: bytesOf(Int32Array.from(hits, (hit) => segmentIds.indexOf(hit.placed.segmentId))),
    rowOffsets: bytesOf(Uint32Array.from(hits, (hit) => hit.placed.offset)),
    segmentIds,
    columns: outputColumns(
      schema,
      request.outputFieldIds,
      hits.map((hit) => hit.placed.row),
    ),
    state: { ...state, rowCount: rows.length },
    groupValues: undefined,
  };
}

export function queryRows(
  rows: readonly PlacedRow[],
  schema: CollectionSchema,
  request: QueryRequest,
  state: ReadState,
): QueryResponse {
  const wanted = request.keys ? new Set<unknown>(decodeKeys(request.keys) as Iterable<unknown>) : undefined;
  const passing = filtered(rows, schema, request.filter).filter(({ row }) => !wanted || wanted.has(row.key));
  const sorted = passing
    .map(({ row }) => row)
    .sort((left, right) =>
      left.key < right.key ? -1 : left.key > right.key ? 1 : left.timestamp > right.timestamp ? -1 : 1,
    );
  const all = distinct(sorted, (row) => row);
  const found = request.countOnly ? [] : request.limit === 0 ? all : all.slice(0, request.limit);
  const keys = keyListFrom(found.map((row) => row.key));
  const isText = primaryField(schema).dataType === DataType.VarChar;
  return {
    keys: encodeKeys(isText && found.length === 0 ? [] : keys),
    timestamps: bytesOf(BigUint64Array.from(found, (row) => row.timestamp)),
    columns: outputColumns(schema, request.outputFieldIds, found),
    count: request.countOnly ? passing.length : found.length,
    state: { ...state, rowCount: rows.length },
  };
}

export function outputColumns(
  schema: CollectionSchema,
  fieldIds: readonly number[],
  rows: readonly Row[],
): ColumnMessage[] {
  return fieldIds.map((id) => encodeColumn(id, columnOf(fieldById(schema, id)!, rows)));
}

function filtered(
  rows: readonly PlacedRow[],
  schema: CollectionSchema,
  message: FilterMessage | undefined,
): readonly PlacedRow[] {
  if (!message) return rows;
  const filter = compileFilter(message.text, schema, decodeTemplates(message));
  const bits = new Uint8Array(((rows.length + 7) >> 3) + 1);
  const plain = rows.map(({ row }) => row);
  filter.evaluate({ rowCount: rows.length, column: (id) => columnOf(fieldById(schema, id)!, plain) }, bits);
  return rows.filter((_, i) => testBit(bits, i));
}

/** Each key once, the newest row of it; in the given order otherwise. */
function distinct<T>(items: readonly T[], rowOf: (item: T) => Row): readonly T[] {
  const newest = new Map<unknown, bigint>();
  for (const item of items) {
    const { key, timestamp } = rowOf(item);
    if ((newest.get(key) ?? -1n) < timestamp) newest.set(key, timestamp);
  }
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const { key, timestamp } = rowOf(item);
    if (seen.has(key) || newest.get(key) !== timestamp) return false;
    seen.add(key);
    return true;
  });
}

function distance(left: Float32Array, right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + (value - right[i]!) ** 2, 0);
}
