import { afterEach, expect, test } from 'vitest';
import type { FunctionScoreInput } from '../../../router/operations/reads/rank/function-score.ts';
import type { SearchInput, SearchOutput } from '../../../router/operations/reads/search.ts';
import { FakeCluster, type FakeClusterOptions, requestContext, searchInput, vectors } from '../fakes/fake-cluster.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

/** Keys 1..6 at x = key in sealed segments on two readers, 7 and 8 growing. */
async function open(options: FakeClusterOptions = {}): Promise<void> {
  fake = await FakeCluster.open(options);
  const { world } = fake;
  const { id } = world.addCollection();
  const row = (key: number) =>
    testRow(key, key, world.tick(), { color: key % 2 === 0 ? 'red' : 'blue', meta: `{"size":${key}}` });
  world.publish(id, [
    { id: 2, rows: [1, 2, 3].map(row) },
    { id: 3, rows: [4, 5, 6].map(row) },
  ]);
  world.growing.push(...[7, 8].map(row));
  await fake.settle();
}

function hybrid(
  requests: readonly SearchInput[],
  rank: Readonly<Record<string, string>> = {},
  functionScore?: FunctionScoreInput,
): Promise<SearchOutput> {
  const rankParameters = new Map(Object.entries({ limit: '10', ...rank }));
  return fake.operations.hybridSearch(requestContext(), { requests, rankParameters, functionScore });
}

function boost(parameters: Readonly<Record<string, string>>): FunctionScoreInput {
  const entry = {
    name: 'f',
    isRerank: true,
    inputFields: [],
    outputFields: [],
    parameters: new Map(Object.entries({ reranker: 'boost', ...parameters })),
  };
  return { functions: [entry], parameters: new Map() };
}

function keysOf(output: SearchOutput): number[] {
  return Array.from(output.keys as BigInt64Array, Number);
}

test('without a ranker the hits of all searches meet by reciprocal ranks of k = 60', async () => {
  await open();
  const output = await hybrid([searchInput(1, { topk: 3 }), searchInput(3, { topk: 3 })]);
  // 1, 2, 3 and 3, 2, 4: both of 2 and 3 have a first or a second place.
  expect(keysOf(output)).toEqual([3, 2, 1, 4]);
  const expected = [1 / 63 + 1 / 61, 2 / 62, 1 / 61, 1 / 63];
  expect(Array.from(output.scores)).toEqual(expected.map((score) => expect.closeTo(score, 6)));
  expect([...output.counts]).toEqual([4]);
});

test('one search alone gives the order of a plain search, with limit, offset and rounding of the whole', async () => {
  await open();
  const part = searchInput(4.4, { topk: 6 });
  const plain = await fake.operations.search(requestContext(), part);
  expect(keysOf(await hybrid([part], { strategy: 'rrf' }))).toEqual(keysOf(plain));
  const weighted = await hybrid([part], {
    strategy: '"weighted"',
    params: '{"weights":[1]}',
    limit: '2',
    offset: '1',
    round_decimal: '1',
  });
  expect(keysOf(weighted)).toEqual(keysOf(plain).slice(1, 3));
  expect(Array.from(weighted.scores)).toEqual([expect.closeTo(0.4, 6), expect.closeTo(2, 6)]);
});

test('every part has its own filter, all queries count, and fields come of the winners', async () => {
  await open();
  const queries = vectors([
    [1, 0],
    [8, 0],
  ]);
  const output = await hybrid(
    [
      searchInput(0, { queries, topk: 2, filter: "color == 'red'", outputFields: ['id', 'size'] }),
      searchInput(0, { queries, topk: 1, filter: "color == 'blue'", outputFields: ['id', 'size'] }),
    ],
    { strategy: 'rrf', limit: '3' },
  );
  expect([...output.counts]).toEqual([3, 3]);
  expect(keysOf(output)).toEqual([1, 2, 4, 7, 8, 6]);
  expect(output.outputFields).toEqual(['size', 'id']);
  expect(output.columns.every(({ column }) => column.rowCount === 6)).toBe(true);
});

test('fields that are dear to send are fetched of the winners', async () => {
  await open({ limits: { inlineSurplusBytesMax: 0 } });
  const output = await hybrid(
    [searchInput(1, { topk: 5, outputFields: ['vector'] }), searchInput(2, { topk: 5, outputFields: ['vector'] })],
    { limit: '2' },
  );
  // Both have a first and a second place.
  expect(keysOf(output)).toEqual([1, 2]);
  const [vector] = output.columns;
  expect(vector!.column.rowCount).toBe(2);
  const floats = new Float32Array(Uint8Array.from((vector!.column as { data: Uint8Array }).data).buffer);
  expect([floats[0], floats[2]]).toEqual(keysOf(output));
  expect(fake.readers.some((node) => node.callsOf('fetch').length > 0)).toBe(true);
});

test('a boost changes the scores of rows that pass its filter, in the direction of the metric', async () => {
  await open();
  const part = searchInput(4, { topk: 4, functionScore: boost({ filter: "color == 'blue'", weight: '0.5' }) });
  // Distances: 4: 0, 3 and 5: 1, 2 (or 6): 4.
  const output = await fake.operations.search(requestContext(), part);
  expect(keysOf(output)).toEqual([4, 3, 5, 2]);
  expect([...output.scores]).toEqual([0, 0.5, 0.5, 4]);
  const random = boost({ weight: '1', random_score: '{"seed":7}' });
  const first = await fake.operations.search(requestContext(), searchInput(4, { topk: 8, functionScore: random }));
  const again = await fake.operations.search(requestContext(), searchInput(4, { topk: 8, functionScore: random }));
  expect(keysOf(again)).toEqual(keysOf(first));
  expect(first.scores.every((score) => score >= 0 && score < 16)).toBe(true);
});

test.each([
  [
    'sub-searches of different nq',
    [
      vectors([[1, 0]]),
      vectors([
        [1, 0],
        [2, 0],
      ]),
    ],
    {},
    /nq should be the same/,
  ],
  ['a weight beyond 1', undefined, { strategy: 'weighted', params: '{"weights":[1.5,0.5]}' }, /in range \[0, 1\]/],
  [
    'too few weights',
    undefined,
    { strategy: 'weighted', params: '{"weights":[0.5]}' },
    /mismatch with ann search requests/,
  ],
  ['k = 0', undefined, { strategy: 'rrf', params: '{"k":0}' }, /in range \(0, 16384\)/],
  ['an unknown strategy', undefined, { strategy: 'best' }, /unsupported rank type best/],
  ['a window beyond the limit', undefined, { limit: '16384', offset: '1' }, /\(offset\+limit\)/],
] as const)('refuses %s', async (_, queries, rank, message) => {
  await open();
  const parts = [0, 1].map((i) => searchInput(1, queries ? { queries: queries[i]! } : {}));
  await expect(hybrid(parts, rank)).rejects.toMatchObject({
    kind: 'parameterInvalid',
    message: expect.stringMatching(message),
  });
});

test('rerankers that call a model are not supported, and say so', async () => {
  await open();
  const functionScore = boost({ reranker: 'model', provider: 'vllm' });
  await expect(hybrid([searchInput(1)], {}, functionScore)).rejects.toMatchObject({ kind: 'notSupported' });
});

test('order_by_fields is for plain searches without a ranker, in the words of Milvus', async () => {
  await open();
  const ordered = searchInput(1, { topk: 3, more: { order_by_fields: 'color' } });
  await expect(hybrid([ordered])).rejects.toThrow('order_by is not supported for hybrid search');
  await expect(hybrid([searchInput(1, { topk: 3 })], { order_by_fields: 'color:desc' })).rejects.toThrow(
    'order_by is not supported for hybrid search',
  );
  const ranked = { ...ordered, functionScore: boost({ weight: '2' }) };
  await expect(fake.operations.search(requestContext(), ranked)).rejects.toThrow(
    'order_by and function_score cannot be used together',
  );
});
