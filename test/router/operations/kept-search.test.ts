import fc from 'fast-check';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { UserRights } from '../../../core/access/user-rights.ts';
import { composeTimestamp } from '../../../core/timestamps.ts';
import { ResultCache } from '../../../router/cluster/result-cache.ts';
import { silentMetrics } from '../../../router/cluster/router-metrics.ts';
import type { SearchInput, SearchOutput } from '../../../router/operations/reads/search.ts';
import type { RequestContext } from '../../../router/operations/request-context.ts';
import { FakeCache } from '../fakes/fake-cache.ts';
import {
  BOUNDED,
  EVENTUALLY,
  eventually,
  FakeCluster,
  type FakeClusterOptions,
  requestContext,
  STRONG,
  searchInput,
  sessionAt,
} from '../fakes/fake-cluster.ts';
import { FakeWorld } from '../fakes/fake-world.ts';
import { testRow } from '../fakes/test-schema.ts';

const NO_RIGHTS = new UserRights({ isAdmin: false, roles: [], grants: [], records: { privilegeGroups: [] } });
const PROPERTY_RUNS = 30;
const opened: FakeCluster[] = [];
const puts = vi.spyOn(ResultCache.prototype, 'put');

afterAll(() => puts.mockRestore());

afterEach(async () => {
  for (const fake of opened.splice(0)) await fake[Symbol.asyncDispose]();
  puts.mockClear();
});

interface CachedRouter {
  readonly fake: FakeCluster;
  readonly cache: FakeCache;
  readonly outcomes: string[];
  search(change?: Partial<SearchInput>, context?: RequestContext): Promise<SearchOutput>;
}

async function openRouter(world: FakeWorld, options: FakeClusterOptions = {}): Promise<CachedRouter> {
  const outcomes: string[] = [];
  const cache = new FakeCache(false);
  const metrics = { ...silentMetrics, resultCache: (outcome: string) => void outcomes.push(outcome) };
  const fake = await FakeCluster.open({ world, cache, resultCacheMs: 60_000, metrics, ...options });
  opened.push(fake);
  const search: CachedRouter['search'] = async (change = {}, context = requestContext()) => {
    const output = await fake.operations.search(
      context,
      searchInput(0, { consistency: EVENTUALLY, outputFields: ['color', '$meta'], ...change }),
    );
    // What is kept is kept in the background.
    await Promise.all(puts.mock.results.map(({ value }) => value));
    return output;
  };
  return { fake, cache, outcomes, search };
}

function worldWithRows(): { readonly world: FakeWorld; readonly id: number } {
  const world = new FakeWorld();
  const { id } = world.addCollection();
  world.publish(id, [{ id: 2, rows: [testRow(1, 1, world.tick()), testRow(2, 2, world.tick())] }]);
  world.growing.push(testRow(3, 3, world.tick()));
  return { world, id };
}

const keysOf = ({ keys }: SearchOutput): readonly unknown[] => Array.from(keys as ArrayLike<unknown>);

test('the same search is answered once more, whole, without a call to a reader', async () => {
  const { world } = worldWithRows();
  const { fake, outcomes, search } = await openRouter(world);
  const first = await search();
  const calls = fake.readers.map((reader) => reader.calls.length);
  const second = await search();
  expect(outcomes).toEqual(['miss', 'hit']);
  expect(fake.readers.map((reader) => reader.calls.length)).toEqual(calls);
  expect(second).toEqual(first);
  expect(second.columns[0]!.field).toBe(first.columns[0]!.field);
});

test.each([
  ['the vector', {}, { queries: searchInput(1).queries }],
  ['the limit', {}, { parameters: searchInput(0, { topk: 2 }).parameters }],
  ['the filter', {}, { filter: 'color == "red"' }],
  ['the output fields', {}, { outputFields: ['color'] }],
  ['the partitions', {}, { partitions: ['_default'] }],
  ['who asks', { principal: { user: 'somebody', rights: NO_RIGHTS } }, {}],
])('another question is not answered by it: %s', async (_, context, change) => {
  const { world } = worldWithRows();
  const { outcomes, search } = await openRouter(world);
  await search();
  await search(change, { ...requestContext(), ...context });
  expect(outcomes).toEqual(['miss', 'miss']);
});

test('Strong sees every write at once', async () => {
  const { world } = worldWithRows();
  const { outcomes, search } = await openRouter(world);
  for (let key = 10; key < 15; key++) {
    world.growing.push(testRow(key, 0, world.tick()));
    expect(keysOf(await search({ consistency: STRONG, ...top(9) }))).toContain(BigInt(key));
    await search({ consistency: STRONG, ...top(9) });
    world.deletes.push({ key: BigInt(key), timestamp: world.tick() });
    expect(keysOf(await search({ consistency: STRONG, ...top(9) }))).not.toContain(BigInt(key));
  }
  expect(outcomes.filter((outcome) => outcome === 'hit')).toHaveLength(5);
});

test('a session sees its own writes', async () => {
  const { world } = worldWithRows();
  const { outcomes, search } = await openRouter(world);
  await search({ consistency: sessionAt(world.now) });
  await search({ consistency: sessionAt(world.now) });
  world.growing.push(testRow(10, 0, world.tick()));
  expect(keysOf(await search({ consistency: sessionAt(world.now) }))).toContain(10n);
  expect(outcomes).toEqual(['miss', 'hit', 'stale']);
});

test('Bounded is not answered by what misses writes of more than five seconds ago', async () => {
  const { world } = worldWithRows();
  const { fake, outcomes, search } = await openRouter(world);
  await search({ consistency: EVENTUALLY });
  // The writer of this world answers with times that lie a minute back.
  await search({ consistency: BOUNDED });
  expect(outcomes).toEqual(['miss', 'stale']);
  for (const reader of fake.readers) reader.appliedTimestamp = composeTimestamp(Date.now() + 60_000);
  world.clockTo(composeTimestamp(Date.now() - 1_000));
  await search({ consistency: BOUNDED });
  await search({ consistency: BOUNDED });
  expect(outcomes.slice(2)).toEqual(['stale', 'hit']);
});

test('an import and a truncation end what Strong may be given, although nothing was written', async () => {
  const { world, id } = worldWithRows();
  const { search } = await openRouter(world, { limits: { catalogPollMs: 60_000 } });
  await search({ consistency: STRONG, ...top(9) });
  world.publish(id, [{ id: 4, rows: [testRow(20, 0, 1n)] }]);
  expect(keysOf(await search({ consistency: STRONG, ...top(9) }))).toContain(20n);
});

test.each([
  ['rows that expire', { properties: { 'collection.ttl.seconds': '100' } }],
  ['rows that expire by a field', { properties: { ttl_field: 'until' } }],
])('not kept: %s', async (_, change) => {
  const world = new FakeWorld();
  world.addCollection(change);
  const { outcomes, cache, search } = await openRouter(world);
  await search();
  await search();
  expect(outcomes).toEqual([]);
  expect(cache.values.size).toBe(0);
});

test('an answer without the writer is not kept', async () => {
  const { world } = worldWithRows();
  const { fake, cache, search } = await openRouter(world);
  fake.writer.isStopped = true;
  await eventually(() => fake.cluster.members.writer() === undefined);
  expect(keysOf(await search())).toEqual([1n, 2n]);
  expect(cache.values.size).toBe(0);
});

test('garbage in the cache is as good as nothing', async () => {
  const { world } = worldWithRows();
  const { cache, search } = await openRouter(world);
  const right = await search();
  const [key, value] = [...cache.values][0]!;
  const spoiled = [new Uint8Array(), Buffer.from('hello'), value.subarray(1), value.with(20, value[20]! ^ 1)];
  for (const garbage of spoiled) {
    cache.values.set(key, garbage);
    expect(await search()).toEqual(right);
  }
});

test('with the cache or without: the same answers under random writes and deletes', async () => {
  const key = fc.integer({ min: 1, max: 12 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), key, x: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ kind: fc.constant('delete' as const), key }),
    fc.record({ kind: fc.constant('flush' as const) }),
    fc.record({ kind: fc.constant('search' as const), x: fc.integer({ min: 0, max: 2 }), isStrong: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const world = new FakeWorld();
      const { id } = world.addCollection();
      const cached = await openRouter(world);
      const plain = await openRouter(world, { resultCacheMs: 0 });
      for (const action of steps) {
        if (action.kind === 'insert') world.growing.push(testRow(action.key, action.x, world.tick()));
        else if (action.kind === 'delete') world.deletes.push({ key: BigInt(action.key), timestamp: world.tick() });
        else if (action.kind === 'flush') world.flush(id);
        else {
          const consistency = action.isStrong ? STRONG : sessionAt(world.now);
          const change = { consistency, queries: searchInput(action.x).queries, ...top(9) };
          const [left, right] = [await cached.search(change), await plain.search(change)];
          expect(left.counts).toEqual(right.counts);
          expect(left.scores).toEqual(right.scores);
          expect(keysOf(left)).toEqual(keysOf(right));
        }
      }
      for (const fake of opened.splice(0)) await fake[Symbol.asyncDispose]();
    }),
    { numRuns: PROPERTY_RUNS },
  );
}, 120_000);

function top(topk: number): Pick<SearchInput, 'parameters'> {
  return { parameters: searchInput(0, { topk }).parameters };
}
