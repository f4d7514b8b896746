import { afterEach, expect, test } from 'vitest';
import { seal, unseal } from '../../../router/cluster/sealed-value.ts';
import { FakeCache } from '../fakes/fake-cache.ts';
import { EVENTUALLY, eventually, FakeCluster, requestContext, searchInput } from '../fakes/fake-cluster.ts';
import { FakeWorld } from '../fakes/fake-world.ts';
import { testRow } from '../fakes/test-schema.ts';

const opened: FakeCluster[] = [];

afterEach(async () => {
  for (const fake of opened.splice(0)) await fake[Symbol.asyncDispose]();
});

/** Neither polls nor hears the writer: what is seen is seen through the cache. */
async function deafRouter(world: FakeWorld, cache: FakeCache): Promise<FakeCluster> {
  const fake = await FakeCluster.open({
    world,
    cache,
    limits: { catalogPollMs: 600_000, statusSilenceMsMax: 600_000 },
  });
  for (const node of fake.nodes.values()) node.isStopped = true;
  opened.push(fake);
  return fake;
}

const versionOf = (fake: FakeCluster): number => fake.cluster.catalog.current.version;
const search = (fake: FakeCluster) =>
  fake.operations.search(requestContext(), searchInput(0, { consistency: EVENTUALLY }));

test('a change made through one router reaches the other by the cache alone', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  const [one, other] = [await FakeCluster.open({ world, cache }), await deafRouter(world, cache)];
  opened.push(one);
  await one.operations.createDatabase(requestContext(), { name: 'mine', properties: {} });
  await eventually(() => versionOf(other) === world.version);
  expect(other.cluster.catalog.current.database('mine').name).toBe('mine');
});

test('of many routers one reads the catalog from the store', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  world.addCollection();
  await deafRouter(world, cache);
  await eventually(() => cache.values.size === 1);
  const reads = world.readCount;
  const others = [await deafRouter(world, cache), await deafRouter(world, cache)];
  expect(others.map(versionOf)).toEqual([world.version, world.version]);
  expect(world.readCount).toBe(reads);
});

test('a router that starts without the store begins with what others shared, and searches', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  const { id } = world.addCollection();
  world.publish(id, [{ id: 2, rows: [testRow(1, 1, 1n)] }]);
  const first = await FakeCluster.open({ world, cache });
  opened.push(first);
  await search(first);
  await eventually(() => cache.values.size === 2);
  world.isDown = true;
  const second = await FakeCluster.open({ world, cache });
  opened.push(second);
  expect(versionOf(second)).toBe(versionOf(first));
  expect((await search(second)).keys.length).toBe(1);
});

test('while the store is away a newer shared catalog is taken, never an older one', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  const one = await FakeCluster.open({ world, cache, limits: { catalogPollMs: 20 } });
  opened.push(one);
  await eventually(() => cache.values.size === 1);
  const [key, old] = [...cache.values][0]!;
  world.addCollection();
  await eventually(() => versionOf(one) === world.version);
  await eventually(() => cache.values.get(key) !== old);
  const newer = cache.values.get(key)!;
  cache.values.set(key, old);
  world.isDown = true;
  const late = await FakeCluster.open({ world, cache, limits: { catalogPollMs: 20 } });
  opened.push(late);
  expect(versionOf(late)).toBe(world.version - 1);
  cache.values.set(key, newer);
  await eventually(() => versionOf(late) === world.version);
  cache.values.set(key, old);
  await cache.publish('catalog-version', '999');
  await late.cluster.catalog.refresh().catch(() => {});
  expect(versionOf(late)).toBe(world.version);
});

test('a copy of another version than the store names is not taken', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  const { id } = world.addCollection();
  const one = await FakeCluster.open({ world, cache });
  opened.push(one);
  await search(one);
  await eventually(() => cache.values.size === 2);
  const before = new Map(cache.values);
  world.publish(id, [{ id: 2, rows: [testRow(1, 1, 1n)] }]);
  await eventually(() => versionOf(one) === world.version);
  for (const [key, value] of before) cache.values.set(key, value);
  const late = await FakeCluster.open({ world, cache });
  opened.push(late);
  expect(versionOf(late)).toBe(world.version);
  expect((await search(late)).keys.length).toBe(1);
});

test('garbage in the cache is as good as nothing', async () => {
  const [world, cache] = [new FakeWorld(), new FakeCache()];
  const { id } = world.addCollection();
  world.publish(id, [{ id: 2, rows: [testRow(1, 1, 1n)] }]);
  const first = await FakeCluster.open({ world, cache });
  opened.push(first);
  await search(first);
  await eventually(() => cache.values.size === 2);
  const whole = new Map(cache.values);
  const spoiled: readonly ((value: Uint8Array) => Uint8Array)[] = [
    () => new Uint8Array(),
    () => Buffer.from('hello'),
    (value) => value.subarray(0, value.length - 1),
    (value) => value.with(value.length >> 1, value[value.length >> 1]! ^ 1),
    (value) => value.with(9, value[9]! ^ 1),
    () => [...whole.values()][0]!,
    () => [...whole.values()][1]!,
  ];
  for (const spoil of spoiled) {
    for (const [key, value] of whole) cache.values.set(key, spoil(value));
    const late = await FakeCluster.open({ world, cache });
    expect(versionOf(late)).toBe(world.version);
    expect((await search(late)).keys.length).toBe(1);
    await late[Symbol.asyncDispose]();
  }
  for (const message of ['', 'x', '1e400', '-1', '{}']) await cache.publish('catalog-version', message);
});

test('sealed values come back, others do not', async () => {
  const bytes = Buffer.from('the catalog '.repeat(100));
  const sealed = await seal('name', { version: 2 ** 40 + 1, bytes });
  expect(sealed.length).toBeLessThan(bytes.length);
  expect(await unseal('name', sealed)).toEqual({ version: 2 ** 40 + 1, bytes });
  expect(await unseal('other', sealed)).toBeUndefined();
  for (let i = 0; i < sealed.length; i++)
    expect(await unseal('name', sealed.with(i, sealed[i]! ^ 0x10))).toBeUndefined();
});
