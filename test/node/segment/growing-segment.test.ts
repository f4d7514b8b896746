import { describe, expect, test } from 'vitest';
import type { FixedColumn } from '../../../core/columns/column.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import {
  clusteredVectors,
  DIMENSION,
  deletes,
  everyBatch,
  everySchema,
  field,
  index,
  keysFrom,
  nearestRows,
  schemaOf,
  search,
  searchOnce,
  smallBatch,
  smallSchema,
  textKeySchema,
  textsOf,
  valueAt,
} from './fixture.ts';

const flat = [index(102, 'FLAT', 'L2')];

function growing(schema = smallSchema, indexes = flat): GrowingSegment {
  return new GrowingSegment({ id: 1, partitionId: 7, schema, indexes });
}

function allRows(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

describe('rows', () => {
  test('are found as soon as they are appended, and not by snapshots taken before', async () => {
    const segment = growing();
    const vectors = clusteredVectors(200, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 100), vectors.slice(0, 100 * DIMENSION)), 10n);
    using before = segment.snapshot();
    segment.append(smallBatch(keysFrom(100, 100), vectors.slice(100 * DIMENSION)), 20n);
    const query = vectors.slice(150 * DIMENSION, 151 * DIMENSION);

    const after = await searchOnce(segment, search(query));
    expect([...after.offsets]).toEqual(nearestRows(vectors, query, 10, allRows(200)));
    expect(after.scores[0]).toBe(0);
    const old = await before.search(search(query));
    expect([...old.offsets]).toEqual(nearestRows(vectors, query, 10, allRows(100)));
    expect([segment.rowCount, segment.minTimestamp, segment.maxTimestamp]).toEqual([200, 10n, 20n]);
  });

  test('come back as they were, over the borders of chunks', () => {
    const segment = growing(everySchema, []);
    const batches = [0, 9_000, 16_380, 20_000].map((from, i) => everyBatch(from, [9_000, 7_380, 3_620, 15_000][i]!));
    for (const [i, batch] of batches.entries()) segment.append(batch, BigInt(i + 1));
    using snapshot = segment.snapshot();
    const offsets = Uint32Array.of(34_999, 0, 16_383, 16_384, 8_999, 9_000, 32_768);
    const places = [
      [3, 14_999],
      [0, 0],
      [2, 3],
      [2, 4],
      [0, 8_999],
      [1, 0],
      [3, 12_768],
    ] as const;
    for (const { id, name } of everySchema.fields.slice(0, 18)) {
      const gathered = snapshot.gather(id, offsets);
      const rows = places.map(([batch, row]) => valueAt(batches[batch]!.columns.get(id)!, row));
      expect(
        Array.from(offsets, (_, i) => valueAt(gathered, i)),
        name,
      ).toEqual(rows);
    }
    expect([...snapshot.timestamps(offsets)]).toEqual([4n, 1n, 3n, 3n, 1n, 2n, 4n]);
    expect(snapshot.keys(offsets)).toEqual([
      'key-34999',
      'key-0',
      'key-16383',
      'key-16384',
      'key-8999',
      'key-9000',
      'key-32768',
    ]);
  });

  test('keep their nulls apart from the values of batches without any', () => {
    const segment = growing(everySchema, []);
    const columns = (from: number, valid: Uint8Array | undefined) => {
      const batch = everyBatch(from, 3);
      const column = { ...batch.columns.get(104)!, valid };
      return { rowCount: 3, columns: new Map(batch.columns).set(104, column) };
    };
    segment.append(columns(0, undefined), 1n);
    segment.append(columns(3, Uint8Array.of(1, 0, 1)), 2n);
    segment.append(columns(6, undefined), 3n);
    using snapshot = segment.snapshot();
    const { valid } = snapshot.gather(104, Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    expect([...valid!]).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1]);
  });

  test('of missing fields read as the default, {} or null', () => {
    const segment = growing(everySchema, []);
    segment.append(everyBatch(0, 5), 1n);
    using snapshot = segment.snapshot();
    const offsets = Uint32Array.of(0, 4);
    expect(textsOf(snapshot.gather(118, offsets))).toEqual(['nothing said', 'nothing said']);
    expect(textsOf(snapshot.gather(119, offsets))).toEqual(['{}', '{}']);
  });

  test('of a field added later read as its default or null; a younger row keeps its value', () => {
    const segment = growing();
    segment.append(smallBatch(keysFrom(0, 20_000), clusteredVectors(20_000, DIMENSION)), 1n);
    const schema = schemaOf(
      [
        ...smallSchema.fields,
        field(103, 'size', DataType.Int64, { defaultValue: 5n }),
        field(104, 'note', DataType.VarChar, { nullable: true }),
      ],
      2,
    );
    segment.updateSchema(schema);
    const batch = smallBatch(keysFrom(20_000, 1), clusteredVectors(1, DIMENSION));
    const columns = new Map(batch.columns).set(103, {
      kind: 'fixed',
      dataType: DataType.Int64,
      rowCount: 1,
      values: BigInt64Array.of(9n),
      valid: undefined,
    });
    segment.append({ rowCount: 1, columns }, 2n);
    using snapshot = segment.snapshot();
    const sizes = snapshot.gather(103, Uint32Array.of(0, 19_999, 20_000)) as FixedColumn;
    expect([...(sizes.values as BigInt64Array)]).toEqual([5n, 5n, 9n]);
    expect([...snapshot.gather(104, Uint32Array.of(0, 20_000)).valid!]).toEqual([0, 0]);
  });

  test('are refused after freeze, and a bad batch changes nothing', () => {
    const segment = growing();
    const batch = smallBatch(keysFrom(0, 2), clusteredVectors(2, DIMENSION));
    const short = new Map(batch.columns).set(
      101,
      smallBatch(keysFrom(0, 1), clusteredVectors(1, DIMENSION)).columns.get(101)!,
    );
    expect(() => segment.append({ rowCount: 2, columns: short }, 1n)).toThrow('color has 1 rows');
    expect(segment.rowCount).toBe(0);
    segment.append(batch, 1n);
    expect(segment.rowCount).toBe(2);
    segment.freeze();
    expect(() => segment.append(batch, 2n)).toThrow('frozen');
  });
});

describe.each([
  ['Int64', smallSchema, keysFrom(0, 1_000)],
  ['VarChar', textKeySchema, Array.from({ length: 1_000 }, (_, i) => `k${i}`)],
] as const)('deletes by %s', (_, schema, keys) => {
  const some = (from: number, to: number) => keys.slice(from, to) as typeof keys;

  test('mask older rows only, and each row once', async () => {
    const segment = growing(schema);
    segment.append(smallBatch(some(0, 500), clusteredVectors(500, DIMENSION)), 10n);
    segment.append(smallBatch(some(500, 1_000), clusteredVectors(500, DIMENSION, 2)), 20n);
    expect(segment.applyDeletes(deletes(some(490, 510), 20n))).toBe(10);
    expect(segment.applyDeletes(deletes(some(490, 510), 20n))).toBe(0);
    expect(segment.applyDeletes(deletes(some(490, 510), 21n))).toBe(10);
    expect(segment.deletedCount).toBe(20);
    using snapshot = segment.snapshot();
    const selected = await snapshot.select({ filter: undefined, keys: some(485, 495) });
    expect(selected.count).toBe(5);
  });

  test('of an upsert leave the new row alone', async () => {
    const segment = growing(schema);
    segment.append(smallBatch(some(0, 10), clusteredVectors(10, DIMENSION)), 10n);
    segment.applyDeletes(deletes(some(3, 4), 20n));
    segment.append(smallBatch(some(3, 4), clusteredVectors(1, DIMENSION, 5)), 20n);
    using snapshot = segment.snapshot();
    const selected = await snapshot.select({ filter: undefined, keys: some(3, 4) });
    expect([...(await snapshot.ordered(selected, 0))]).toEqual([10]);
    expect(segment.hasDuplicateKeys).toBe(false);
  });

  test('reach the rows of their partition only', () => {
    const segment = growing(schema);
    segment.append(smallBatch(some(0, 10), clusteredVectors(10, DIMENSION)), 10n);
    expect(segment.applyDeletes(deletes(some(0, 2), 20n, 8))).toBe(0);
    expect(segment.applyDeletes(deletes(some(0, 2), 20n, 7))).toBe(2);
    expect(segment.applyDeletes(deletes(some(0, 4), 20n, 0))).toBe(2);
  });

  test('do not reach snapshots taken before', async () => {
    const segment = growing(schema);
    const vectors = clusteredVectors(100, DIMENSION);
    segment.append(smallBatch(some(0, 100), vectors), 10n);
    segment.applyDeletes(deletes(some(0, 1), 20n));
    using before = segment.snapshot();
    segment.applyDeletes(deletes(some(1, 50), 30n));
    const query = vectors.slice(0, DIMENSION);
    const [old, now] = await Promise.all([
      before.search(search(query, { k: 100 })),
      searchOnce(segment, search(query, { k: 100 })),
    ]);
    expect([old.offsets.length, now.offsets.length]).toEqual([99, 50]);
    expect(now.offsets.every((offset) => offset >= 50)).toBe(true);
  });
});

describe('searches', () => {
  test('apply filters, deletes and keys together', async () => {
    const segment = growing();
    const vectors = clusteredVectors(20_000, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 20_000), vectors), 10n);
    segment.applyDeletes(deletes(keysFrom(0, 5_000), 20n));
    const query = vectors.slice(0, DIMENSION);
    const filter = compileFilter('color in [3, 4]', smallSchema);
    const wanted = allRows(20_000).filter((row) => row >= 5_000 && (row % 10 === 3 || row % 10 === 4));
    for (let round = 0; round < 2; round++) {
      const hits = await searchOnce(segment, search(query, { filter, k: 20 }));
      expect([...hits.offsets]).toEqual(nearestRows(vectors, query, 20, wanted));
    }
    const byKey = compileFilter('id in [4999, 5000, 6000, 30000]', smallSchema);
    const hits = await searchOnce(segment, search(query, { filter: byKey }));
    expect([...hits.offsets].sort()).toEqual([5_000, 6_000]);
  });

  test('by thousands of keys find every one of them', async () => {
    const segment = growing();
    segment.append(smallBatch(keysFrom(0, 9_000), clusteredVectors(9_000, DIMENSION)), 10n);
    const keys = BigInt64Array.from({ length: 5_000 }, (_, i) => BigInt(i * 3));
    using snapshot = segment.snapshot();
    const selected = await snapshot.select({ filter: undefined, keys });
    expect(snapshot.keys(await snapshot.ordered(selected, 0))).toEqual(keys.slice(0, 3_000));
    const filter = compileFilter(`id in [${keys.join()}]`, smallSchema);
    expect((await snapshot.select({ filter, keys: undefined })).count).toBe(3_000);
  });

  test('see rows appended after a filter was first evaluated', async () => {
    const segment = growing();
    const vectors = clusteredVectors(1_005, DIMENSION);
    const filter = compileFilter('color == 4', smallSchema);
    segment.append(smallBatch(keysFrom(0, 1_003), vectors.slice(0, 1_003 * DIMENSION)), 10n);
    const query = vectors.slice(0, DIMENSION);
    await searchOnce(segment, search(query, { filter }));
    segment.append(smallBatch(keysFrom(1_003, 2), vectors.slice(1_003 * DIMENSION)), 20n);
    using snapshot = segment.snapshot();
    expect((await snapshot.select({ filter, keys: undefined })).count).toBe(100);
    segment.append(smallBatch(keysFrom(1_005, 5), vectors.slice(0, 5 * DIMENSION)), 30n);
    using later = segment.snapshot();
    expect((await later.select({ filter, keys: undefined })).count).toBe(101);
    expect((await snapshot.select({ filter, keys: undefined })).count).toBe(100);
  });

  test('keep rows without a vector out', async () => {
    const segment = growing(everySchema, [index(117, 'FLAT', 'L2')]);
    const batch = everyBatch(0, 500);
    segment.append(batch, 1n);
    const present = batch.columns.get(117)!.valid!.reduce((sum, flag) => sum + flag, 0);
    expect(present).toBeGreaterThan(0);
    expect(present).toBeLessThan(500);
    const request = { ...search(new Float32Array(DIMENSION)), queries: new Uint8Array(32), queryCount: 1 };
    const hits = await searchOnce(segment, { ...request, fieldId: 117, k: 500 });
    expect(hits.offsets.length).toBe(present);
    expect(hits.offsets.every((offset) => batch.columns.get(117)!.valid![offset] === 1)).toBe(true);
  });

  test('give k distinct keys although keys repeat, the newest row of each', async () => {
    const segment = growing();
    const vectors = clusteredVectors(100, DIMENSION);
    for (let copy = 0; copy < 30; copy++) segment.append(smallBatch(keysFrom(0, 100), vectors), BigInt(copy + 1));
    expect(segment.hasDuplicateKeys).toBe(true);
    const query = vectors.slice(0, DIMENSION * 2);
    const hits = await searchOnce(segment, search(query, { k: 10 }));
    expect([...hits.counts]).toEqual([10, 10]);
    const nearest = [0, 1].map((i) =>
      nearestRows(vectors, query.slice(i * DIMENSION, (i + 1) * DIMENSION), 10, allRows(100)),
    );
    expect(Array.from(hits.offsets, (offset) => offset % 100)).toEqual(nearest.flat());
    // Where the last question was cut, copies of the last key may be missing.
    const copies = Array.from(hits.offsets, (offset) => Math.floor(offset / 100));
    expect([...copies.slice(0, 9), ...copies.slice(10, 19)]).toEqual(new Array(18).fill(29));
  });

  test('keep to a range', async () => {
    const segment = growing();
    const vectors = clusteredVectors(3_000, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 3_000), vectors), 1n);
    const query = vectors.slice(0, DIMENSION);
    const all = await searchOnce(segment, search(query, { k: 3_000 }));
    const [near, far] = [all.scores[700]!, all.scores[720]!];
    const ring = await searchOnce(segment, search(query, { k: 100, radius: far, rangeFilter: near }));
    const wanted = all.offsets.filter((_, i) => all.scores[i]! >= near && all.scores[i]! < far);
    expect([...ring.offsets]).toEqual([...wanted]);
    const first = await searchOnce(segment, search(query, { k: 5, radius: far, rangeFilter: near }));
    expect([...first.offsets]).toEqual([...wanted.slice(0, 5)]);
    const inner = await searchOnce(segment, search(query, { k: 100, radius: all.scores[4]! }));
    expect([...inner.offsets]).toEqual([...all.offsets.slice(0, 4)]);
  });

  test('keep to a range for many queries at once, as for each alone', async () => {
    const segment = growing();
    segment.append(smallBatch(keysFrom(0, 2_000), clusteredVectors(2_000, DIMENSION)), 1n);
    const queries = clusteredVectors(60, DIMENSION, 6);
    const range = { k: 30, rangeFilter: 1.2, radius: 1.5 };
    const together = await searchOnce(segment, search(queries, range));
    const alone = [];
    for (let i = 0; i < 60; i++) {
      alone.push(await searchOnce(segment, search(queries.slice(i * DIMENSION, (i + 1) * DIMENSION), range)));
    }
    expect([...together.counts]).toEqual(alone.map((hits) => hits.counts[0]));
    expect([...together.offsets]).toEqual(alone.flatMap((hits) => [...hits.offsets]));
    expect(together.scores.every((score) => score >= Math.fround(1.2) && score < 1.5)).toBe(true);
    expect(together.counts.some((count) => count > 0 && count < 30)).toBe(true);
  });

  test('rank larger scores first for IP, and their range is turned round', async () => {
    const segment = growing(smallSchema, [index(102, 'FLAT', 'IP')]);
    const vectors = clusteredVectors(1_000, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 1_000), vectors), 1n);
    const query = vectors.slice(0, DIMENSION);
    const all = await searchOnce(segment, search(query, { k: 1_000, metric: 'IP' }));
    expect(all.scores[0]).toBeGreaterThan(all.scores[999]!);
    expect([...all.scores]).toEqual([...all.scores].sort((left, right) => right - left));
    const [high, low] = [all.scores[10]!, all.scores[30]!];
    const ring = await searchOnce(segment, search(query, { k: 100, metric: 'IP', radius: low, rangeFilter: high }));
    expect([...ring.scores]).toEqual([...all.scores].filter((score) => score > low && score <= high));
  });
});

describe('order', () => {
  test('is by ascending key, newest of equal keys, at most the limit', async () => {
    const segment = growing();
    const keys = BigInt64Array.from({ length: 5_000 }, (_, i) => BigInt((i * 7_919) % 5_000) - 100n);
    segment.append(smallBatch(keys, clusteredVectors(5_000, DIMENSION)), 1n);
    using first = segment.snapshot();
    const all = await first.select({ filter: undefined, keys: undefined });
    expect(first.keys(await first.ordered(all, 0))).toEqual(keysFrom(-100, 5_000));
    expect(first.keys(await first.ordered(all, 7))).toEqual(keysFrom(-100, 7));
    segment.append(smallBatch(keysFrom(-100, 10), clusteredVectors(10, DIMENSION)), 2n);
    using second = segment.snapshot();
    const ordered = await second.ordered(await second.select({ filter: undefined, keys: undefined }), 12);
    expect(second.keys(ordered)).toEqual(keysFrom(-100, 12));
    expect([...ordered.slice(0, 10)]).toEqual(allRows(10).map((i) => 5_000 + i));
  });

  test('of texts is by code point', async () => {
    const segment = growing(textKeySchema);
    const keys = ['b', 'a', '\u{1f600}', '\uffee', 'aa', 'ä', ''];
    segment.append(smallBatch(keys, clusteredVectors(7, DIMENSION)), 1n);
    using snapshot = segment.snapshot();
    const ordered = await snapshot.ordered(await snapshot.select({ filter: undefined, keys: undefined }), 0);
    expect(snapshot.keys(ordered)).toEqual(['', 'a', 'aa', 'b', 'ä', '\uffee', '\u{1f600}']);
  });
});

describe('the life of a segment', () => {
  test('a change of the metric moves the rows; searches with the new one work, with the old one are told to come again', async () => {
    const segment = growing(smallSchema, []);
    const vectors = clusteredVectors(3_000, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 2_000), vectors.slice(0, 2_000 * DIMENSION)), 1n);
    const query = vectors.slice(0, DIMENSION);
    expect((await searchOnce(segment, search(query, { metric: 'COSINE' }))).offsets.length).toBe(10);
    const change = segment.configureIndexes([index(102, 'HNSW', 'L2', { M: '8', efConstruction: '64' })]);
    segment.append(smallBatch(keysFrom(2_000, 1_000), vectors.slice(2_000 * DIMENSION)), 2n);
    await change;
    expect([...(await searchOnce(segment, search(query))).offsets]).toEqual(
      nearestRows(vectors, query, 10, allRows(3_000)),
    );
    await expect(searchOnce(segment, search(query, { metric: 'COSINE' }))).rejects.toThrow('metric type L2');
    expect(segment.indexedRowCount).toBe(0);
    await segment.indexPending();
    expect(segment.indexedRowCount).toBe(3_000);
  });

  test('a change of the metric does not end a search that is being asked again', async () => {
    const segment = growing(smallSchema, [index(102, 'FLAT', 'L2')]);
    const vectors = clusteredVectors(3_000, DIMENSION);
    for (let copy = 0; copy < 10; copy++) segment.append(smallBatch(keysFrom(0, 3_000), vectors), BigInt(copy + 1));
    using snapshot = segment.snapshot();
    const query = vectors.slice(0, DIMENSION);
    const searching = snapshot.search(search(query, { k: 2_000 }));
    await segment.configureIndexes([index(102, 'FLAT', 'IP')]);
    expect([...(await searching).counts]).toEqual([2_000]);
    await expect(snapshot.search(search(query))).rejects.toMatchObject({ kind: 'serviceNotReady' });
  });

  test('the last of several changes stays', async () => {
    const segment = growing(smallSchema, []);
    segment.append(smallBatch(keysFrom(0, 3_000), clusteredVectors(3_000, DIMENSION)), 1n);
    const changes = (['L2', 'IP', 'COSINE'] as const).map((metric) =>
      segment.configureIndexes([index(102, 'FLAT', metric)]),
    );
    await Promise.all(changes);
    expect(segment.vectors.get(102)!.metric).toBe('COSINE');
    expect(segment.vectors.get(102)!.store.rowCount).toBe(3_000);
  });

  test('a closed segment ends the snapshots it has given before it lets go', async () => {
    const segment = growing();
    const vectors = clusteredVectors(100, DIMENSION);
    segment.append(smallBatch(keysFrom(0, 100), vectors), 1n);
    const snapshot = segment.snapshot();
    segment.close();
    expect(() => segment.snapshot()).toThrow('closed');
    const query = vectors.slice(0, DIMENSION);
    expect((await snapshot.search(search(query))).offsets.length).toBe(10);
    snapshot[Symbol.dispose]();
    await expect(snapshot.search(search(query))).rejects.toThrow();
  });

  test('memory and bytes grow with the rows', () => {
    const segment = growing();
    segment.append(smallBatch(keysFrom(0, 1_000), clusteredVectors(1_000, DIMENSION)), 1n);
    expect(segment.byteLength).toBe(1_000 * (8 + 4 + DIMENSION * 4 + 8));
    expect(segment.memoryBytes).toBeGreaterThan(segment.byteLength);
    expect(segment.memoryBytes).toBeLessThan(segment.byteLength * 3);
  });

  test('searches while rows arrive see a prefix of whole batches', async () => {
    const segment = growing(smallSchema, [index(102, 'HNSW', 'L2')]);
    const vectors = clusteredVectors(100, DIMENSION);
    let isDone = false;
    const appended = (async () => {
      for (let batch = 0; batch < 100; batch++) {
        segment.applyDeletes(deletes(keysFrom(0, 100), BigInt(batch + 1)));
        segment.append(smallBatch(keysFrom(0, 100), vectors), BigInt(batch + 1));
        if (batch % 10 === 0) void segment.indexPending();
        await new Promise((resolve) => setImmediate(resolve));
      }
      isDone = true;
    })();
    let searches = 0;
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      if (segment.rowCount === 0) continue;
      using snapshot = segment.snapshot();
      // Every key is there exactly once, however many versions of it have passed.
      const hits = await snapshot.search(search(vectors.slice(0, DIMENSION), { k: 200, expansion: 400 }));
      const keys = new Set(snapshot.keys(hits.offsets) as BigInt64Array);
      expect([hits.offsets.length, keys.size]).toEqual([100, 100]);
      expect(new Set(snapshot.timestamps(hits.offsets)).size).toBe(1);
      searches++;
    }
    await appended;
    await segment.indexPending();
    expect(searches).toBeGreaterThan(10);
  });
});
