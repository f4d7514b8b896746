import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { mergeSegments } from '../../../node/segment/merge-segments.ts';
import { openSealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { Segment } from '../../../node/segment/segment.ts';
import {
  clusteredVectors,
  DIMENSION,
  deletes,
  everyBatch,
  everySchema,
  index,
  keysFrom,
  recordOf,
  sealSegment,
  search,
  searchOnce,
  smallBatch,
  smallSchema,
  temporaryFolder,
  valueAt,
} from './fixture.ts';

const indexes = [index(102, 'HNSW', 'L2', { M: '8', efConstruction: '64' })];

async function open(
  written: Awaited<ReturnType<typeof mergeSegments>>,
  id: number,
  folder: string,
  schema = smallSchema,
  wanted = indexes,
) {
  return openSealedSegment(recordOf(written!, id), { schema, indexes: wanted, folder });
}

test('the live rows of all inputs are in the output, with their timestamps, and nothing else', async () => {
  await using folder = await temporaryFolder();
  const inputs: Segment[] = [];
  for (let i = 0; i < 3; i++) {
    const growing = new GrowingSegment({ id: i, partitionId: 7, schema: smallSchema, indexes });
    growing.append(smallBatch(keysFrom(i * 1_000, 1_000), clusteredVectors(1_000, DIMENSION, i)), BigInt(100 - i * 10));
    inputs.push(await sealSegment(growing, join(folder.path, `input${i}`), indexes));
  }
  inputs[0]!.applyDeletes(deletes(keysFrom(0, 500), 200n));
  inputs[2]!.applyDeletes(deletes(keysFrom(2_990, 10), 200n));
  const output = join(folder.path, 'output');
  const merging = mergeSegments(inputs, output, {
    id: 9,
    partitionId: 7,
    schema: smallSchema,
    indexes,
    deletesAppliedTimestamp: 200n,
  });
  // Too late for the output: readers get this delete from the stream.
  inputs[1]!.applyDeletes(deletes(keysFrom(1_000, 1), 300n));
  const written = (await merging)!;
  expect(written).toMatchObject({ rowCount: 2_490, deletedCount: 0, minTimestamp: 80n, maxTimestamp: 100n });
  const merged = await open(written, 9, output);
  using snapshot = merged.snapshot();
  const all = await snapshot.ordered(await snapshot.select({ filter: undefined, keys: undefined }), 0);
  const wanted = [...keysFrom(500, 500), ...keysFrom(1_000, 1_000), ...keysFrom(2_000, 990)];
  expect([...(snapshot.keys(all) as BigInt64Array)]).toEqual(wanted);
  expect([...snapshot.timestamps(all)]).toEqual(wanted.map((key) => 100n - (key / 1_000n) * 10n));
  for (let i = 0; i < 3; i++) {
    using input = inputs[i]!.snapshot();
    const query = clusteredVectors(1_000, DIMENSION, i).slice(600 * DIMENSION, 601 * DIMENSION);
    const [hits, own] = [await snapshot.search(search(query, { k: 1 })), await input.search(search(query, { k: 1 }))];
    expect(snapshot.keys(hits.offsets)).toEqual(input.keys(own.offsets));
  }
  for (const segment of [...inputs, merged]) segment.close();
});

test('every field is carried over, over the borders of chunks', async () => {
  await using folder = await temporaryFolder();
  const growing = [10_000, 9_000].map((count, i) => {
    const segment = new GrowingSegment({ id: i, partitionId: 7, schema: everySchema, indexes: [] });
    segment.append(everyBatch(i * 50_000, count), BigInt(i + 1));
    return segment;
  });
  growing[0]!.applyDeletes(
    deletes(
      Array.from({ length: 100 }, (_, i) => `key-${i * 3}`),
      5n,
    ),
  );
  const options = { id: 9, partitionId: 7, schema: everySchema, indexes: [], deletesAppliedTimestamp: 5n };
  const merged = await open(await mergeSegments(growing, folder.path, options), 9, folder.path, everySchema, []);
  expect(merged.rowCount).toBe(18_900);
  using after = merged.snapshot();
  for (const [i, segment] of growing.entries()) {
    using before = segment.snapshot();
    const keys = Array.from({ length: 50 }, (_, row) => `key-${i * 50_000 + row * 99 + 1}`);
    const [from, to] = await Promise.all(
      [before, after].map(async (s) => s.ordered(await s.select({ filter: undefined, keys }), 0)),
    );
    expect(from!.length).toBeGreaterThan(30);
    for (const { id, name } of everySchema.fields) {
      const [written, read] = [before.gather(id, from!), after.gather(id, to!)];
      for (let row = 0; row < from!.length; row++) expect(valueAt(read, row), name).toEqual(valueAt(written, row));
    }
  }
  merged.close();
});

test('doubles among the inputs are known in the output; those that only a delete separates are none', async () => {
  await using folder = await temporaryFolder();
  const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes });
  growing.append(smallBatch(keysFrom(0, 100), clusteredVectors(100, DIMENSION)), 1n);
  growing.append(smallBatch(keysFrom(50, 1), clusteredVectors(1, DIMENSION)), 2n);
  const options = { id: 2, partitionId: 7, schema: smallSchema, indexes, deletesAppliedTimestamp: 5n };
  const first = await open(await mergeSegments([growing], join(folder.path, 'a'), options), 2, join(folder.path, 'a'));
  expect(first.hasDuplicateKeys).toBe(true);
  growing.applyDeletes(deletes(keysFrom(50, 1), 2n));
  const second = await open(await mergeSegments([growing], join(folder.path, 'b'), options), 2, join(folder.path, 'b'));
  expect([second.hasDuplicateKeys, second.rowCount]).toEqual([false, 100]);
  expect((await searchOnce(second, search(clusteredVectors(1, DIMENSION)))).offsets.length).toBe(10);
  first.close();
  second.close();
});

test('of nothing alive is no segment', async () => {
  await using folder = await temporaryFolder();
  const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes });
  growing.append(smallBatch(keysFrom(0, 10), clusteredVectors(10, DIMENSION)), 1n);
  growing.applyDeletes(deletes(keysFrom(0, 10), 2n));
  const options = { id: 2, partitionId: 7, schema: smallSchema, indexes, deletesAppliedTimestamp: 5n };
  expect(await mergeSegments([growing], folder.path, options)).toBeUndefined();
  expect(await readdir(folder.path)).toEqual([]);
});
