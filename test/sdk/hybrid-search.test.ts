import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const ROW_COUNT = 60;

/** Row i: near (i, 0) in `a` and near (0, ROW_COUNT - i) in `b`. */
const rows = Array.from({ length: ROW_COUNT }, (_, id) => ({
  id,
  age: id,
  color: id % 2 === 0 ? 'red' : 'blue',
  a: [id, 0],
  b: [1, id / ROW_COUNT],
}));

async function createThings(client: MilvusClient, collection_name: string): Promise<void> {
  ok(
    await client.createCollection({
      collection_name,
      consistency_level: 'Strong',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'age', data_type: DataType.Int32 },
        { name: 'color', data_type: DataType.VarChar, max_length: 16 },
        { name: 'a', data_type: DataType.FloatVector, dim: 2 },
        { name: 'b', data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [
        { field_name: 'a', index_type: 'HNSW', metric_type: 'L2' },
        { field_name: 'b', index_type: 'AUTOINDEX', metric_type: 'COSINE' },
      ],
    }),
  );
  ok(await client.insert({ collection_name, data: rows.slice(0, 40) }));
  ok(await client.flushSync({ collection_names: [collection_name] }));
  ok(await client.insert({ collection_name, data: rows.slice(40) }));
  ok(await client.loadCollectionSync({ collection_name }));
}

/** Ids by distance to (x, 0) in `a`, and by cosine to (1, 0) in `b`: the smallest id first. */
function nearestInA(x: number, count: number, allowed = (_: number) => true): number[] {
  const ids = rows.map(({ id }) => id).filter(allowed);
  return ids.sort((left, right) => Math.abs(left - x) - Math.abs(right - x) || left - right).slice(0, count);
}

function nearestInB(count: number): number[] {
  return rows.map(({ id }) => id).slice(0, count);
}

function reciprocal(lists: readonly (readonly number[])[], k = 60): { id: string; score: number }[] {
  const scores = new Map<number, number>();
  for (const list of lists) {
    for (const [i, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + i + 1));
  }
  return [...scores]
    .sort((left, right) => Math.fround(right[1]) - Math.fround(left[1]) || left[0] - right[0])
    .map(([id, score]) => ({ id: String(id), score: expect.closeTo(score, 5) }));
}

chapter('Hybrid search', (sdk) => {
  let collection_name: string;

  beforeAll(async () => {
    collection_name = sdk.name('hybrid');
    await createThings(sdk.client, collection_name);
  }, 60_000);

  const search = (more: object): Promise<{ status: never; results: { id: string; score: number }[] }> =>
    sdk.client.hybridSearch({
      collection_name,
      data: [
        { anns_field: 'a', data: [20.2, 0], limit: 10 },
        { anns_field: 'b', data: [1, 0], limit: 10 },
      ],
      limit: 12,
      ...more,
    } as never) as never;

  feature('reciprocal rank fusion', () => {
    test('is what holds without a ranker, and takes a k', async () => {
      const lists = [nearestInA(20.2, 10), nearestInB(10)];
      const byDefault = ok(await search({}));
      expect(byDefault.results).toMatchObject(reciprocal(lists).slice(0, 12));
      const given = ok(await search({ rerank: { strategy: 'rrf', params: { k: 5 } } }));
      expect(given.results).toMatchObject(reciprocal(lists, 5).slice(0, 12));
    });

    test('of several queries at once each is fused by itself', async () => {
      const places = [20.2, 5.3, 57.4];
      const found = await search({
        data: [
          { anns_field: 'a', data: places.map((x) => [x, 0]), limit: 10 },
          { anns_field: 'b', data: places.map(() => [1, 0]), limit: 10 },
        ],
      });
      const expected = places.map((x) => reciprocal([nearestInA(x, 10), nearestInB(10)]).slice(0, 12));
      expect(ok(found).results).toMatchObject(expected);
    });

    test('as many queries are wanted in every search', async () => {
      const data = [
        {
          anns_field: 'a',
          data: [
            [20.2, 0],
            [5, 0],
          ],
          limit: 10,
        },
        { anns_field: 'b', data: [[1, 0]], limit: 10 },
      ];
      failsWith(await search({ data }), 1100);
    });

    test('searches have filters of their own; the whole has limit and offset', async () => {
      const data = [
        { anns_field: 'a', data: [20, 0], limit: 10, expr: 'age > 30' },
        { anns_field: 'b', data: [1, 0], limit: 10 },
      ];
      const lists = [nearestInA(20, 10, (id) => id > 30), nearestInB(10)];
      // The oldest line of the SDK does not send the offset of the whole.
      const offset = sdk.since('2.6') ? 3 : 0;
      const { results } = ok(await search({ data, limit: 5, offset }));
      expect(results).toMatchObject(reciprocal(lists).slice(offset, offset + 5));
    });
  });

  feature('weighted scores', () => {
    test('scores of different metrics are turned the same way', async () => {
      const { results } = ok(await search({ rerank: { strategy: 'weighted', params: { weights: [0.75, 0.25] } } }));
      const turned = (distance: number) => 1 - (2 * Math.atan(distance)) / Math.PI;
      expect(results[0]).toMatchObject({ id: '20', score: expect.closeTo(0.75 * turned(0.04), 4) });
    });

    test('a weight beyond 1, or one too few, is an error', async () => {
      const weighted = (weights: number[]) => search({ rerank: { strategy: 'weighted', params: { weights } } });
      failsWith(await weighted([1.5, 0]), 1100, /in range \[0, 1\]/);
      failsWith(await weighted([0.5]), 1100, /mismatch/);
    });
  });

  feature('output fields', () => {
    test('of the winners, vectors too', async () => {
      const { results } = ok(await search({ output_fields: ['id', 'color', 'a'], limit: 4 }));
      expect(results).toHaveLength(4);
      for (const hit of results as unknown as { id: string; color: string; a: number[] }[]) {
        expect(hit).toMatchObject({ color: rows[Number(hit.id)]!.color, a: [Number(hit.id), 0] });
      }
    });
  });

  if (sdk.since('2.6')) {
    feature('decay and boost rankers', () => {
      const rank = (params: object, input_field_names: string[] = []) => ({
        name: 'ranker',
        description: '',
        type: 3,
        input_field_names,
        params,
      });
      const decay = { reranker: 'decay', function: 'gauss', origin: 10, scale: 5, decay: 0.5 };

      test('decay: rows near the origin come first, in one search and in several', async () => {
        const rerank = rank(decay, ['age']);
        const { results } = ok(await search({ rerank }));
        // Row 0 to 9 are in the second search with a cosine of nearly 1; row 10 is in none.
        expect(results.slice(0, 3).map(({ id }) => id)).toEqual(['9', '8', '7']);
        const one = ok(
          (await sdk.client.search({
            collection_name,
            anns_field: 'b',
            data: [1, 0],
            limit: 5,
            rerank,
          } as never)) as never,
        ) as { results: { id: string }[] };
        expect(one.results.map(({ id }) => id)).toEqual(['4', '3', '2', '1', '0']);
      });

      test('boost: weights the scores of rows that pass a filter', async () => {
        const rerank = rank({ reranker: 'boost', filter: "color == 'blue'", weight: 0.01 });
        const { results } = ok(
          (await sdk.client.search({
            collection_name,
            anns_field: 'a',
            data: [20.2, 0],
            limit: 4,
            rerank,
          } as never)) as never,
        ) as { results: { id: string; score: number }[] };
        expect(results.map(({ id }) => id)).toEqual(['21', '19', '20', '22']);
      });

      test('a model is not there, and the answer says so', async () => {
        const rerank = rank({ reranker: 'model', provider: 'tei', queries: '["x"]', endpoint: 'http://localhost' }, [
          'color',
        ]);
        failsWith(await search({ rerank }), 3000, /not supported/);
      });
    });
  }
});

httpChapter('Hybrid search', (rest) => {
  let collectionName: string;

  beforeAll(async () => {
    collectionName = uniqueName('hybrid_rest');
    const client = new MilvusClient({ address: rest.deployment.address });
    await createThings(client, collectionName);
    await client.closeConnection();
  }, 60_000);

  afterAll(() => rest.post('collections/drop', { collectionName }));

  feature('reciprocal rank fusion', () => {
    test.each(['entities/hybrid_search', 'entities/advanced_search'])('%s', async (path) => {
      const data = okData(
        await rest.post(path, {
          collectionName,
          search: [
            { annsField: 'a', data: [[20.2, 0]], limit: 5, filter: 'age != 20' },
            { annsField: 'b', data: [[1, 0]], limit: 5 },
          ],
          rerank: { strategy: 'rrf', params: { k: 60 } },
          limit: 6,
          outputFields: ['color'],
        }),
      ) as { id: number; distance: number; color: string }[];
      const lists = [nearestInA(20.2, 5, (id) => id !== 20), nearestInB(5)];
      const expected = reciprocal(lists).slice(0, 6);
      expect(data).toMatchObject(
        expected.map(({ id, score }) => ({ id: Number(id), distance: score, color: rows[Number(id)]!.color })),
      );
    });
  });
});
