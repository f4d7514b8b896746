import { afterEach, expect, test, vi } from 'vitest';
import type { RoutingStrategy } from '../../../plugins/routing/routing.ts';
import {
  EVENTUALLY,
  eventually,
  FakeCluster,
  type FakeClusterOptions,
  requestContext,
  rotation,
  searchInput,
} from '../fakes/fake-cluster.ts';
import { FakeNode } from '../fakes/fake-node.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

async function open(options: FakeClusterOptions = {}): Promise<number> {
  fake = await FakeCluster.open(options);
  const { world } = fake;
  const { id } = world.addCollection();
  const row = (key: number) => testRow(key, key, world.tick());
  world.publish(id, [
    { id: 2, rows: [1, 2].map(row) },
    { id: 3, rows: [3, 4].map(row) },
  ]);
  world.growing.push(row(5), row(6));
  await fake.settle();
  return id;
}

const search = async (): Promise<number[]> => {
  const output = await fake.operations.search(requestContext(), searchInput(0, { topk: 100, consistency: EVENTUALLY }));
  return Array.from(output.keys as BigInt64Array, Number);
};

function lastViewVersion(): number {
  return fake.writer.callsOf('search').at(-1)!.scope!.viewVersion;
}

const ALL = [1, 2, 3, 4, 5, 6];

test('a new view is used when all its segments are ready; until then the writer fills what the old one lacks', async () => {
  const id = await open();
  expect(await search()).toEqual(ALL);
  for (const reader of fake.readers) reader.notReady.add(4);
  fake.world.flush(id, 4);
  await fake.settle();
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(2);
  fake.readers[0]!.notReady.delete(4);
  await fake.settle();
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(3);
});

test('a compacted view covers the same rows, at every step', async () => {
  const id = await open();
  expect(await search()).toEqual(ALL);
  const rows = [...fake.world.segments.get(2)!.rows, ...fake.world.segments.get(3)!.rows];
  for (const reader of fake.readers) reader.notReady.add(8);
  fake.world.publish(id, [{ id: 8, rows, fromLog: false }], [2, 3]);
  await fake.settle();
  expect(await search()).toEqual(ALL);
  expect(fake.readers.flatMap((reader) => reader.callsOf('search').at(-1)!.scope!.segmentIds)).toEqual([2, 3]);
  for (const reader of fake.readers) reader.notReady.delete(8);
  await fake.settle();
  expect(await search()).toEqual(ALL);
  expect(fake.readers[0]!.callsOf('search').at(-1)!.scope!.segmentIds).toEqual([8]);
});

test('when patience ends, searches go to the newest view and readers load on demand', async () => {
  const id = await open({ limits: { viewPatienceMs: 1_500 } });
  expect(await search()).toEqual(ALL);
  for (const reader of fake.readers) reader.notReady.add(4);
  fake.world.flush(id, 4);
  await fake.settle();
  await search();
  expect(lastViewVersion()).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(3);
});

test('a segment that is gone makes the view be read again and the search be done again, once', async () => {
  const id = await open();
  expect(await search()).toEqual(ALL);
  // The router has not heard yet that 2 and 3 were compacted and are deleted.
  const rows = [...fake.world.segments.get(2)!.rows, ...fake.world.segments.get(3)!.rows];
  fake.world.isDown = true;
  fake.world.publish(id, [{ id: 8, rows, fromLog: false }], [2, 3]);
  fake.world.segments.delete(2);
  fake.world.segments.delete(3);
  await expect(search()).rejects.toMatchObject({ code: 600 });
  expect(fake.readers[0]!.callsOf('search').length).toBe(3);
  fake.world.isDown = false;
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(3);
});

test('the switch of views in the middle of many searches is not seen', async () => {
  const id = await open();
  const { world } = fake;
  let isDone = false;
  const changes = (async () => {
    for (let round = 0; round < 15; round++) {
      const segment = 20 + round;
      for (const reader of fake.readers) reader.notReady.add(segment);
      if (world.growing.length > 0) world.flush(id, segment);
      else {
        const { segments } = world.views.get(id)!;
        const [first, second] = segments;
        const rows = [first!, second!].flatMap((record) => [...world.segments.get(record.id)!.rows]);
        world.publish(id, [{ id: segment, rows, fromLog: false }], [first!.id, second!.id]);
        if (world.views.get(id)!.segments.length === 1) world.publish(id, [{ rows: [] }]);
      }
      for (const node of fake.nodes.values()) node.report();
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const reader of fake.readers) {
        reader.notReady.delete(segment);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    isDone = true;
  })();
  let count = 0;
  while (!isDone) {
    expect(await search()).toEqual(ALL);
    count++;
  }
  await changes;
  expect(count).toBeGreaterThan(20);
});

test('a segment’s old owner answers until the new one has it', async () => {
  const id = await open();
  const third = fake.addNode(new FakeNode(fake.world, 'reader2', ['reader']));
  third.notReady.add(2);
  third.notReady.add(3);
  fake.announce();
  await eventually(() => fake.cluster.members.readers().length === 3);
  await fake.settle();
  // Of three readers reader2 owns segment 2, and reader0 is next.
  expect(await search()).toEqual(ALL);
  expect(third.callsOf('search')).toEqual([]);
  third.notReady.clear();
  third.report();
  await eventually(() => fake.cluster.members.find('reader2')!.readySegments(id).has(2));
  expect(await search()).toEqual(ALL);
  expect(third.callsOf('search').map((call) => call.scope!.segmentIds)).toEqual([[2]]);
});

test('a search does not wait for a placement while there is an older one; it goes there when the new one is done', async () => {
  let mayEnd = true;
  const routing: RoutingStrategy = {
    ...rotation,
    *placeInSteps(request) {
      while (!mayEnd) yield;
      return rotation.place(request);
    },
  };
  await open({ routing });
  expect(await search()).toEqual(ALL);
  mayEnd = false;
  const third = fake.addNode(new FakeNode(fake.world, 'reader2', ['reader']));
  fake.announce();
  await eventually(() => fake.cluster.members.find('reader2')?.health === 'healthy');
  expect(await search()).toEqual(ALL);
  expect(await search()).toEqual(ALL);
  expect(third.callsOf('search')).toEqual([]);
  mayEnd = true;
  await vi.waitFor(async () => {
    expect(await search()).toEqual(ALL);
    expect(third.callsOf('search').length).toBeGreaterThan(0);
  });
});

test('the first search waits for the placement, and so does one of partitions that were loaded since', async () => {
  let mayEnd = false;
  const routing: RoutingStrategy = {
    ...rotation,
    *placeInSteps(request) {
      while (!mayEnd) yield;
      return rotation.place(request);
    },
  };
  const id = await open({ routing });
  const first = [search(), search()];
  let answers = 0;
  for (const answer of first)
    answer.then(
      () => answers++,
      () => {},
    );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(answers).toBe(0);
  mayEnd = true;
  expect(await Promise.all(first)).toEqual([ALL, ALL]);
  mayEnd = false;
  const [partition] = fake.cluster.catalog.current.findCollectionById(id)!.partitions;
  fake.world.alterCollection(id, { partitions: [partition!, { ...partition!, id: 77, name: 'late' }] });
  await fake.settle();
  const later = search();
  later.then(
    () => answers++,
    () => {},
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(answers).toBe(2);
  mayEnd = true;
  expect(await later).toEqual(ALL);
});

test('while the metadata store is down, searches go on with the last known catalog and view', async () => {
  const id = await open();
  expect(await search()).toEqual(ALL);
  fake.world.isDown = true;
  fake.world.flush(id, 4);
  for (const node of fake.nodes.values()) node.report();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(2);
  fake.world.isDown = false;
  await eventually(() => fake.cluster.catalog.current.version === fake.world.version);
  await fake.settle();
  expect(await search()).toEqual(ALL);
  expect(lastViewVersion()).toBe(3);
});

test('a collection that was never searched cannot be, while the metadata store is down', async () => {
  await open();
  fake.world.isDown = true;
  await expect(search()).rejects.toMatchObject({ code: 2, retriable: true });
  fake.world.isDown = false;
  expect(await search()).toEqual(ALL);
});
