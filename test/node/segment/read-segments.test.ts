import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IndexRecord } from '../../../core/catalog.ts';
import type { BytesColumn } from '../../../core/columns/column.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import type { MetricType } from '../../../core/metric.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import {
  fetchRows,
  querySegments,
  type ReadOptions,
  type SegmentReadInfo,
  searchSegments,
} from '../../../node/segment/read-segments.ts';
import type { Segment } from '../../../node/segment/segment.ts';
import { type QueryRequest, SearchRequest, type SearchResponse } from '../../../proto/generated/node.ts';
import { arrayFrom, decodeColumn, decodeKeys, encodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import {
  bytesOf,
  clusteredVectors,
  DIMENSION,
  deletes,
  everyBatch,
  everySchema,
  index,
  keysFrom,
  nearestRows,
  sealSegment,
  smallBatch,
  smallSchema,
  temporaryFolder,
  textKeySchema,
  textsOf,
  valueAt,
} from './fixture.ts';

const state = { appliedTimestamp: 5n, lastDeleteTimestamp: 4n };
const flat = [index(102, 'FLAT', 'L2')];

function read(schema: CollectionSchema, indexes: readonly IndexRecord[], filter?: string): ReadOptions {
  return { schema, indexes, state, filter: filter === undefined ? undefined : compileFilter(filter, schema) };
}

function searchRequest(queries: Float32Array, k: number, more: Partial<SearchRequest> = {}): SearchRequest {
  return SearchRequest.fromPartial({
    fieldId: 102,
    queries: bytesOf(queries),
    queryCount: queries.length / DIMENSION,
    k,
    metricType: 'L2',
    ...more,
  });
}

function queryRequest(more: Partial<QueryRequest> = {}): QueryRequest {
  return {
    context: undefined,
    scope: undefined,
    filter: undefined,
    keys: undefined,
    limit: 0,
    outputFieldIds: [],
    countOnly: false,
    aggregation: undefined,
    ignoreGrowing: false,
    ...more,
  };
}

/** Keys per query. */
function keysOf(response: SearchResponse): (bigint | string)[][] {
  const keys = [...decodeKeys(response.keys)];
  const counts = arrayFrom(Uint32Array, response.counts);
  let at = 0;
  return Array.from(counts, (count) => {
    at += count;
    return keys.slice(at - count, at);
  });
}

/** Segments that share `vectors` as `sizes` tells, row number = key; the order of the rows is given. */
function growingSegments(
  vectors: Float32Array,
  sizes: readonly number[],
  indexes = flat,
  order: readonly number[] = Array.from({ length: vectors.length / DIMENSION }, (_, i) => i),
): GrowingSegment[] {
  let from = 0;
  return sizes.map((size, i) => {
    const segment = new GrowingSegment({ id: 10 + i, partitionId: 7, schema: smallSchema, indexes });
    const rows = order.slice(from, from + size);
    const part = new Float32Array(size * DIMENSION);
    rows.forEach((row, at) => {
      part.set(vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION), at * DIMENSION);
    });
    if (size > 0) segment.append(smallBatch(BigInt64Array.from(rows, BigInt), part), BigInt(i + 1));
    from += size;
    return segment;
  });
}

function wantedKeys(vectors: Float32Array, queries: Float32Array, k: number, rows: readonly number[]): bigint[][] {
  return Array.from({ length: queries.length / DIMENSION }, (_, i) =>
    nearestRows(vectors, queries.slice(i * DIMENSION, (i + 1) * DIMENSION), k, rows).map(BigInt),
  );
}

const rowsTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('searches over segments', () => {
  const vectors = clusteredVectors(6_000, DIMENSION);
  const queries = clusteredVectors(8, DIMENSION, 77);
  const byDistance = nearestRows(vectors, queries.slice(0, DIMENSION), 6_000, rowsTo(6_000));

  test.each([
    ['one', [6_000], rowsTo(6_000)],
    ['equal ones', [1_000, 1_000, 1_000, 1_000, 1_000, 1_000], rowsTo(6_000)],
    ['unequal ones', [5_000, 10, 0, 890, 100], rowsTo(6_000)],
    ['ones where the first holds all answers of a query', [500, 500, 2_000, 2_000, 1_000], byDistance],
    ['ones where the answers lie at a border', [45, 3_000, 2_955], byDistance],
  ])('%s find what a scan of everything finds', async (_, sizes, order) => {
    const segments = growingSegments(vectors, sizes, flat, order);
    for (const k of [1, 10, 100]) {
      const response = await searchSegments(segments, searchRequest(queries, k), read(smallSchema, flat));
      expect(keysOf(response)).toEqual(wantedKeys(vectors, queries, k, rowsTo(6_000)));
    }
    const filtered = await searchSegments(segments, searchRequest(queries, 50), read(smallSchema, flat, 'id % 3 == 1'));
    expect(keysOf(filtered)).toEqual(
      wantedKeys(
        vectors,
        queries,
        50,
        rowsTo(6_000).filter((row) => row % 3 === 1),
      ),
    );
  });

  test('of many queries find for each what it finds alone', async () => {
    const segments = growingSegments(vectors, [40, 300, 60], flat);
    const many = clusteredVectors(700, DIMENSION, 5);
    const request = searchRequest(many, 100, { outputFieldIds: [100] });
    const together = await searchSegments(segments, request, read(smallSchema, flat));
    expect(keysOf(together)).toEqual(wantedKeys(vectors, many, 100, rowsTo(400)));
    expect(textsOf(decodeColumn(together.columns[0]!))).toEqual(keysOf(together).flat());
  });

  test('ask a segment again only when it may hold more', async () => {
    const infos = new Map<number, SegmentReadInfo>();
    const onSegment = (id: number) => (info: SegmentReadInfo) => void infos.set(id, info);
    const options = { ...read(smallSchema, flat), onSegment };
    const query = queries.slice(0, DIMENSION);
    await searchSegments(
      growingSegments(vectors, [500, 2_500, 3_000], flat, byDistance),
      searchRequest(query, 100),
      options,
    );
    expect([infos.get(10)!.rounds, infos.get(12)!.rounds]).toEqual([2, 1]);
    expect(infos.get(10)).toMatchObject({ rowCount: 500, found: 100, method: 'exact' });
    const shuffled = rowsTo(6_000).sort((a, b) => ((a * 7_919) % 6_007) - ((b * 7_919) % 6_007));
    await searchSegments(
      growingSegments(vectors, [2_000, 2_000, 2_000], flat, shuffled),
      searchRequest(query, 100),
      options,
    );
    expect([...infos.values()].map((info) => info.rounds)).toEqual([1, 1, 1]);
  });

  test('see one moment, however long they take', async () => {
    // The first segment is asked again; between its two answers an upsert moves the nearest rows to another segment.
    const segments = growingSegments(vectors, [500, 2_500, 3_000], flat, byDistance);
    const query = queries.slice(0, DIMENSION);
    const searching = searchSegments(segments, searchRequest(query, 100), read(smallSchema, flat));
    const moved = BigInt64Array.from(byDistance.slice(0, 90), BigInt);
    for (const segment of segments) segment.applyDeletes(deletes(moved, 50n));
    const part = new Float32Array(90 * DIMENSION);
    byDistance.slice(0, 90).forEach((row, i) => {
      part.set(vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION), i * DIMENSION);
    });
    segments[2]!.append(smallBatch(moved, part), 50n);
    const wanted = wantedKeys(vectors, query, 100, rowsTo(6_000));
    expect(keysOf(await searching)).toEqual(wanted);
    expect(keysOf(await searchSegments(segments, searchRequest(query, 100), read(smallSchema, flat)))).toEqual(wanted);
  });

  test('keep the newest row of a key that is in several segments', async () => {
    const segments = growingSegments(vectors, [300, 300], flat);
    segments[1]!.append(smallBatch(keysFrom(0, 50), vectors.slice(0, 50 * DIMENSION)), 9n);
    const response = await searchSegments(
      segments,
      searchRequest(vectors.slice(0, DIMENSION), 200),
      read(smallSchema, flat),
    );
    const keys = keysOf(response)[0]!;
    expect(new Set(keys).size).toBe(200);
    const timestamps = arrayFrom(BigUint64Array, response.timestamps);
    keys.forEach((key, i) => {
      expect(timestamps[i]).toBe((key as bigint) < 50n ? 9n : (key as bigint) < 300n ? 1n : 2n);
    });
  });

  test('send output fields and places along', async () => {
    await using folder = await temporaryFolder();
    const indexes = [index(112, 'FLAT', 'COSINE')];
    const segments: Segment[] = [];
    for (let i = 0; i < 3; i++) {
      const growing = new GrowingSegment({ id: i + 1, partitionId: 7, schema: everySchema, indexes });
      growing.append(everyBatch(i * 1_000, 1_000), BigInt(i + 1));
      segments.push(i === 2 ? growing : await sealSegment(growing, join(folder.path, String(i)), indexes));
    }
    const fields = everySchema.fields.map((found) => found.id);
    const queries = clusteredVectors(5, 8);
    const request = searchRequest(queries, 20, { fieldId: 112, queryCount: 5, metricType: '', outputFieldIds: fields });
    const response = await searchSegments(segments, request, read(everySchema, indexes, 'int8 > -100'));
    const columns = response.columns.map(decodeColumn);
    const keys = keysOf(response).flat() as string[];
    expect(textsOf(columns[0]!)).toEqual(keys);
    expect(new Set(keys.map((key) => Math.floor(Number(key.slice(4)) / 1_000))).size).toBe(3);
    const batches = [0, 1, 2].map((i) => everyBatch(i * 1_000, 1_000));
    keys.forEach((key, hit) => {
      const number = Number(key.slice(4));
      for (const [i, { id, name }] of everySchema.fields.entries()) {
        const column = batches[Math.floor(number / 1_000)]!.columns.get(id);
        if (column) expect(valueAt(columns[i]!, hit), `${name} of ${key}`).toEqual(valueAt(column, number % 1_000));
      }
    });
    const places = {
      segmentIndexes: arrayFrom(Int32Array, response.segmentIndexes),
      rowOffsets: arrayFrom(Uint32Array, response.rowOffsets),
    };
    expect(response.segmentIds).toEqual([1, 2, 3]);
    const fetched = await fetchRows(segments, { ...places, outputFieldIds: fields });
    expect(fetched.map(decodeColumn)).toEqual(columns);
    expect(response.state).toEqual({ ...state, rowCount: 3_000, visited: expect.any(Number) });
    for (const segment of segments) segment.close();
  });

  test('refuse what does not fit the field', async () => {
    const segments = growingSegments(vectors, [100]);
    const query = queries.slice(0, DIMENSION);
    const ask = (more: Partial<SearchRequest>) =>
      searchSegments(segments, searchRequest(query, 10, more), read(smallSchema, flat));
    await expect(ask({ metricType: 'COSINE' })).rejects.toThrow('expected L2');
    await expect(ask({ queries: new Uint8Array(10) })).rejects.toThrow('expected 64 each');
    await expect(ask({ fieldId: 101 })).rejects.toThrow('no vector field');
    await expect(ask({ k: 0 })).rejects.toThrow('k is 0');
    await expect(ask({ k: 40_000 })).rejects.toThrow('k is 40000');
    await expect(ask({ outputFieldIds: [999] })).rejects.toThrow('field 999');
  });

  test('skip growing segments when told so, and answer without any', async () => {
    const segments = growingSegments(vectors, [100]);
    const request = searchRequest(queries, 10, { ignoreGrowing: true, outputFieldIds: [100, 102] });
    const response = await searchSegments(segments, request, read(smallSchema, flat));
    expect([...arrayFrom(Uint32Array, response.counts)]).toEqual(new Array(8).fill(0));
    expect(response.columns.map((column) => [column.fieldId, decodeColumn(column).rowCount])).toEqual([
      [100, 0],
      [102, 0],
    ]);
  });

  test('end with the reason when they are aborted, and give their segments back', async () => {
    const segments = growingSegments(vectors, [500, 2_500, 3_000], flat, byDistance);
    const ended: number[] = [];
    const onSegment = (id: number) => () => void ended.push(id);
    const options = { ...read(smallSchema, flat), onSegment, signal: AbortSignal.abort(new Error('gone')) };
    await expect(searchSegments(segments, searchRequest(queries, 10), options)).rejects.toThrow('gone');
    expect(ended).toEqual([10, 11, 12]);
  });
});

describe('with graphs', () => {
  const count = 30_000;
  const metrics: readonly MetricType[] = ['L2', 'COSINE'];
  const vectors = clusteredVectors(count, DIMENSION, 3, 300);
  const queries = clusteredVectors(100, DIMENSION, 78, 300);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const segments = new Map<MetricType, Segment[]>();

  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const metric of metrics) {
      const indexes = [index(102, 'HNSW', metric, { M: '16', efConstruction: '100' })];
      const growing = growingSegments(vectors, [18_000, 6_000, 6_000], indexes);
      const sealed = await Promise.all(
        growing.slice(0, 2).map((segment, i) => sealSegment(segment, join(folder.path, `${metric}${i}`), indexes)),
      );
      await growing[2]!.indexPending();
      segments.set(metric, [...sealed, growing[2]!]);
    }
  });

  afterAll(async () => {
    for (const segment of [...segments.values()].flat()) segment.close();
    await folder[Symbol.asyncDispose]();
  });

  test.each(metrics)('recall@10 is 0.95 and more for %s', async (metric) => {
    const indexes = [index(102, 'HNSW', metric)];
    const exact = [index(102, 'FLAT', metric)];
    const request = searchRequest(queries, 10, { metricType: metric });
    const scanned = keysOf(
      await searchSegments(growingSegments(vectors, [count], exact), request, read(smallSchema, exact)),
    );
    for (const segmentCount of [3, 12]) {
      const options = read(smallSchema, indexes);
      const found = keysOf(await searchSegments(segments.get(metric)!, { ...request, segmentCount }, options));
      const common = found.reduce((sum, keys, i) => sum + keys.filter((key) => scanned[i]!.includes(key)).length, 0);
      expect(common / (10 * scanned.length)).toBeGreaterThanOrEqual(segmentCount === 3 ? 0.95 : 0.9);
    }
  });

  test('filtered searches find what a scan finds, random and clustered filters', async () => {
    const indexes = [index(102, 'HNSW', 'L2')];
    for (const [filter, passes] of [
      ['id % 100 == 7', (row: number) => row % 100 === 7],
      ['id % 2 == 1', (row: number) => row % 2 === 1],
      ['id < 700', (row: number) => row < 700],
    ] as const) {
      const wanted = wantedKeys(vectors, queries, 10, rowsTo(count).filter(passes));
      const found = keysOf(
        await searchSegments(segments.get('L2')!, searchRequest(queries, 10), read(smallSchema, indexes, filter)),
      );
      const common = found.reduce(
        (sum, keys, i) => sum + keys.filter((key) => wanted[i]!.includes(key as bigint)).length,
        0,
      );
      expect(common / 1_000, filter).toBeGreaterThanOrEqual(0.95);
    }
  });
});

describe('queries over segments', () => {
  const vectors = clusteredVectors(3_000, DIMENSION);
  const shuffled = rowsTo(3_000).sort((a, b) => ((a * 7_919) % 3_001) - ((b * 7_919) % 3_001));

  test('give rows by ascending key, as many as the limit', async () => {
    await using folder = await temporaryFolder();
    const growing = growingSegments(vectors, [1_000, 1_500, 500], flat, shuffled);
    const segments = [growing[0]!, await sealSegment(growing[1]!, folder.path, flat), growing[2]!];
    for (const segment of segments) segment.applyDeletes(deletes(keysFrom(5, 3), 100n));
    const alive = rowsTo(3_000).filter((row) => row < 5 || row > 7);
    const ask = async (limit: number, filter?: string) => {
      const response = await querySegments(
        segments,
        queryRequest({ limit, outputFieldIds: [100] }),
        read(smallSchema, flat, filter),
      );
      const keys = [...decodeKeys(response.keys)];
      expect(textsOf(decodeColumn(response.columns[0]!))).toEqual(keys);
      expect(response.count).toBe(keys.length);
      return keys.map(Number);
    };
    expect(await ask(0)).toEqual(alive);
    expect(await ask(10)).toEqual(alive.slice(0, 10));
    expect(await ask(5_000)).toEqual(alive);
    expect(await ask(20, 'id >= 2_500'.replace('_', ''))).toEqual(rowsTo(3_000).slice(2_500, 2_520));
    expect(await ask(0, 'id in [4, 5, 6, 2999]')).toEqual([4, 2_999]);
    expect(await ask(0, 'id < 0')).toEqual([]);
    const counted = await querySegments(
      segments,
      queryRequest({ countOnly: true }),
      read(smallSchema, flat, 'id < 100'),
    );
    expect([counted.count, counted.keys, counted.columns]).toEqual([97, undefined, []]);
    segments[1]!.close();
  });

  test('give the newest row of a key, wherever it lies', async () => {
    const segments = growingSegments(vectors, [100, 100], flat);
    segments[0]!.append(smallBatch(keysFrom(50, 100), vectors.slice(0, 100 * DIMENSION)), 7n);
    segments[0]!.append(smallBatch(keysFrom(60, 10), vectors.slice(0, 10 * DIMENSION)), 6n);
    for (const reversed of [segments, segments.toReversed()]) {
      const all = await querySegments(reversed, queryRequest(), read(smallSchema, flat));
      expect(arrayFrom(BigUint64Array, all.timestamps).filter((time) => time === 7n).length).toBe(100);
    }
    const response = await querySegments(segments, queryRequest({ limit: 120 }), read(smallSchema, flat));
    expect([...decodeKeys(response.keys)]).toEqual([...keysFrom(0, 120)]);
    const wanted = rowsTo(120).map((key) => (key < 50 ? 1n : 7n));
    expect([...arrayFrom(BigUint64Array, response.timestamps)]).toEqual(wanted);
    const counted = await querySegments(segments, queryRequest({ countOnly: true }), read(smallSchema, flat));
    expect(counted.count).toBe(310);
  });

  test('find rows by keys, texts too', async () => {
    const segment = new GrowingSegment({ id: 1, partitionId: 7, schema: textKeySchema, indexes: flat });
    segment.append(smallBatch(['b', 'ä', 'a', '\u{1f600}'], vectors.slice(0, 4 * DIMENSION)), 1n);
    const keys = encodeKeys(['\u{1f600}', 'b', 'c']);
    const response = await querySegments(
      [segment],
      queryRequest({ keys, outputFieldIds: [101] }),
      read(textKeySchema, flat),
    );
    expect(decodeKeys(response.keys)).toEqual(['b', '\u{1f600}']);
    expect(textsOf(decodeColumn(response.columns[0]!))).toEqual([0, 3]);
  });

  test('refuse more than a response may carry', async () => {
    const schema = textKeySchema;
    const segment = new GrowingSegment({ id: 1, partitionId: 7, schema, indexes: flat });
    const keys = Array.from({ length: 10_000 }, (_, i) => `${i}-${'x'.repeat(60_000)}`.slice(0, 30_000));
    for (let from = 0; from < 10_000; from += 1_000) {
      segment.append(smallBatch(keys.slice(from, from + 1_000), clusteredVectors(1_000, DIMENSION)), 1n);
    }
    const asking = querySegments([segment], queryRequest({ outputFieldIds: [100] }), read(schema, flat));
    await expect(asking).rejects.toMatchObject({ kind: 'parameterTooLarge' });
  });
});

describe('fetches', () => {
  test('give rows in the order asked for, and refuse places that are not there', async () => {
    const vectors = clusteredVectors(100, DIMENSION);
    const segments = growingSegments(vectors, [60, 40]);
    const fetch = (indexes: number[], offsets: number[]) =>
      fetchRows(segments, {
        segmentIndexes: Int32Array.from(indexes),
        rowOffsets: Uint32Array.from(offsets),
        outputFieldIds: [100, 102],
      });
    const [keys, rows] = (await fetch([1, 0, 1, 1], [39, 3, 0, 39])).map(decodeColumn);
    expect(textsOf(keys!)).toEqual([99n, 3n, 60n, 99n]);
    expect(valueAt(rows!, 1)).toEqual([...bytesOf(vectors.slice(3 * DIMENSION, 4 * DIMENSION))]);
    expect((await fetch([], [])).map((column) => decodeColumn(column).rowCount)).toEqual([0, 0]);
    await expect(fetch([0], [60])).rejects.toThrow('row 60');
    await expect(fetch([2], [0])).rejects.toThrow('index 2');
    await expect(fetch([-1], [0])).rejects.toThrow('index -1');
    await expect(fetch([0, 1], [0])).rejects.toThrow('2 segment indexes');
    segments[1]!.close();
    await expect(fetch([0], [0])).rejects.toMatchObject({ kind: 'segmentNotFound' });
  });
});

test('columns of a response are compact: bytes of other rows do not travel', async () => {
  const segment = new GrowingSegment({ id: 1, partitionId: 7, schema: everySchema, indexes: [] });
  segment.append(everyBatch(0, 5_000), 1n);
  const response = await querySegments(
    [segment],
    queryRequest({ limit: 3, outputFieldIds: [108] }),
    read(everySchema, []),
  );
  const column = decodeColumn(response.columns[0]!) as BytesColumn;
  expect(column.bytes.length).toBe(column.offsets[3]);
});
