import { afterEach, expect, test } from 'vitest';
import { BOUNDED, eventually, FakeCluster, requestContext, searchInput } from '../fakes/fake-cluster.ts';
import { FakeWorld } from '../fakes/fake-world.ts';
import { testFields, testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

/** Polling is out of the way: what is seen is seen for another reason. */
const NO_POLLING = { catalogPollMs: 60_000 };

test('a client sees its own change with its next call', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  const { operations } = fake;
  const schema = {
    name: 'things',
    description: '',
    enableDynamicField: true,
    autoId: false,
    fields: testFields(),
    functions: [],
    structs: [],
  };
  await operations.createCollection(requestContext(), {
    schema,
    consistencyLevel: 2,
    shardsCount: 0,
    partitionsCount: 0,
    properties: {},
  });
  expect((await operations.describeCollection(requestContext(), { name: 'things' })).collection.name).toBe('things');
  await expect(
    operations.load(requestContext(), { collection: 'things', partitions: [], replicaCount: 0 }),
  ).rejects.toMatchObject({ code: 700 });
  await operations.createIndex(requestContext(), {
    collection: 'things',
    field: 'vector',
    indexName: '',
    params: { metric_type: 'L2' },
  });
  await operations.load(requestContext(), { collection: 'things', partitions: [], replicaCount: 0 });
  expect(await operations.loadState(requestContext(), { collection: 'things', partitions: [] })).toEqual({
    state: 3,
    progress: 100,
  });
  expect((await operations.search(requestContext(), searchInput(0))).keys.length).toBe(0);
});

test('what another router changed is found when a name is not known here', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  await expect(fake.operations.search(requestContext(), searchInput(0))).rejects.toMatchObject({ code: 100 });
  fake.world.addCollection();
  fake.world.growing.push(testRow(1, 1, fake.world.tick()));
  expect((await fake.operations.search(requestContext(), searchInput(0))).keys.length).toBe(1);
  expect(await fake.operations.hasCollection(requestContext(), { name: 'other' })).toBe(false);
  fake.world.addCollection({ name: 'other' });
  expect(await fake.operations.hasCollection(requestContext(), { name: 'other' })).toBe(true);
});

test('a push of the writer renews the catalog, without polling', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  fake.world.addCollection();
  fake.writer.report();
  await eventually(() => fake.cluster.catalog.current.version === fake.world.version);
});

test('polling renews it when no push comes', async () => {
  fake = await FakeCluster.open({ limits: { catalogPollMs: 30, statusSilenceMsMax: 60_000 } });
  for (const node of fake.nodes.values()) node.isStopped = true;
  fake.world.addCollection();
  await eventually(() => fake.cluster.catalog.current.version === fake.world.version);
});

test('many who miss a name cost few reads of the store', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  const before = fake.world.readCount;
  fake.world.addCollection();
  await Promise.all(
    Array.from({ length: 50 }, () =>
      fake.operations.search(requestContext(), searchInput(0, { consistency: BOUNDED })),
    ),
  );
  expect(fake.world.readCount - before).toBeLessThanOrEqual(2);
});

test('a router that starts while the metadata store is down says so, and goes on when it is back', async () => {
  const world = new FakeWorld();
  world.isDown = true;
  fake = await FakeCluster.open({ world });
  await expect(fake.operations.listDatabases(requestContext())).rejects.toMatchObject({ code: 1, retriable: true });
  world.isDown = false;
  await eventually(() => {
    try {
      return fake.cluster.catalog.current.version === world.version;
    } catch {
      return false;
    }
  });
  expect((await fake.operations.listDatabases(requestContext())).databases.map((database) => database.name)).toEqual([
    'default',
  ]);
});

test('a change that was made stays a success when the store cannot be read afterwards', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  fake.writer.after = () => {
    fake.world.isDown = true;
  };
  await fake.operations.createDatabase(requestContext(), { name: 'mine', properties: {} });
  expect(fake.cluster.catalog.current.databases.length).toBe(1);
  fake.world.isDown = false;
  fake.writer.report();
  await eventually(() => fake.cluster.catalog.current.databases.length === 2);
});

test('after a truncation nothing of the old view is asked', async () => {
  fake = await FakeCluster.open({ limits: NO_POLLING });
  const { id } = fake.world.addCollection();
  fake.world.publish(id, [{ id: 2, rows: [testRow(1, 1, 1n)] }]);
  expect((await fake.operations.search(requestContext(), searchInput(0))).keys.length).toBe(1);
  fake.world.viewReadMs = 50;
  await fake.operations.truncateCollection(requestContext(), { name: 'things' });
  expect((await fake.operations.search(requestContext(), searchInput(0))).keys.length).toBe(0);
});
