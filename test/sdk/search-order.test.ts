import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

interface Row {
  readonly id: number;
  readonly price: number | null;
  readonly color: string;
  readonly meta: object;
  readonly rank: number;
  readonly vector: readonly number[];
}

/** Row i lies at (i, 0); some prices are null, some ranks are dynamic keys of two types. */
const rows: readonly Row[] = Array.from({ length: 240 }, (_, id) => ({
  id,
  price: id % 9 === 0 ? null : (id * 37) % 10,
  color: `c${id % 4}`,
  meta: { a: { b: (id * 13) % 7 } },
  rank: (id * 29) % 11,
  vector: [id, 0],
}));

async function createThings(client: MilvusClient, collection_name: string): Promise<void> {
  ok(
    await client.createCollection({
      collection_name,
      consistency_level: 'Strong',
      enable_dynamic_field: true,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'price', data_type: DataType.Int32, nullable: true },
        { name: 'color', data_type: DataType.VarChar, max_length: 16 },
        { name: 'meta', data_type: DataType.JSON },
        { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
    }),
  );
  for (const part of [0, 1, 2]) {
    const data = rows.filter(({ id }) => id % 3 === part);
    ok(await client.insert({ collection_name, data: data as never }));
    if (part < 2) ok(await client.flushSync({ collection_names: [collection_name] }));
  }
  ok(await client.loadCollectionSync({ collection_name }));
}

/** The rows nearest to (x, 0), best first. */
function nearest(x: number, count: number): readonly Row[] {
  return [...rows].sort((l, r) => Math.abs(l.id - x) - Math.abs(r.id - x)).slice(0, count);
}

/** Sorted by a value, null last or first; equal ones keep their order. */
function by(list: readonly Row[], valueAt: (row: Row) => number | string | null, sign = 1, none = 1): number[] {
  const compare = (l: Row, r: Row): number => {
    const [a, b] = [valueAt(l), valueAt(r)];
    if (a === null || b === null) return none * (Number(a === null) - Number(b === null));
    return sign * (a < b ? -1 : a > b ? 1 : 0);
  };
  return [...list].sort(compare).map(({ id }) => id);
}

chapter('Search', { since: '3.0' }, (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    collection_name = sdk.name('ordered_hits');
    await createThings(sdk.client, collection_name);
  }, 60_000);

  const search = (more: object) =>
    sdk.client.search({
      collection_name,
      anns_field: 'vector',
      data: [100.2, 0],
      limit: 12,
      output_fields: ['id'],
      ...more,
    } as never) as unknown as Promise<{ status: never; results: { id: string; price: number; score: number }[] }>;
  const idsOf = async (more: object) => ok(await search(more)).results.map(({ id }) => Number(id));

  feature('order_by_fields', () => {
    test('the nearest rows in the order of a field; nulls are last, in descending order first, or where one says', async () => {
      const near = nearest(100.2, 12);
      expect(await idsOf({ order_by_fields: ['price'] })).toEqual(by(near, (row) => row.price));
      expect(await idsOf({ order_by_fields: ['price:desc'] })).toEqual(by(near, (row) => row.price, -1, -1));
      expect(await idsOf({ order_by_fields: ['price:desc:nulls_last'] })).toEqual(by(near, (row) => row.price, -1, 1));
    });

    test('offset and limit count in the new order; scores stay with their rows', async () => {
      const all = by(nearest(100.2, 20), (row) => row.color);
      const { results } = ok(
        await search({ order_by_fields: [{ field: 'color', order: 'asc' }], offset: 5, limit: 15 }),
      );
      expect(results.map(({ id }) => Number(id))).toEqual(all.slice(5));
      for (const { id, score } of results) expect(score).toBeCloseTo((Number(id) - 100.2) ** 2, 1);
    });

    test('a dynamic key, a JSON path, the primary key, several fields, several queries, vectors in the answer', async () => {
      const near = nearest(100.2, 12);
      expect(await idsOf({ order_by_fields: ['rank:desc'] })).toEqual(by(near, (row) => row.rank, -1));
      expect(await idsOf({ order_by_fields: ['meta["a"]["b"]'] })).toEqual(
        by(near, (row) => (row.meta as { a: { b: number } }).a.b),
      );
      expect(await idsOf({ order_by_fields: ['id:desc'] })).toEqual(by(near, (row) => row.id, -1));
      expect(await idsOf({ order_by_fields: ['color:desc', 'id'] })).toEqual(
        by(near, (row) => `${9 - Number(row.color[1])}${String(row.id).padStart(4, '0')}`),
      );
      const { results } = ok(
        await search({
          data: [
            [100.2, 0],
            [7.1, 0],
          ],
          order_by_fields: ['color'],
          output_fields: ['id', 'vector'],
        }),
      ) as never as { results: { id: string; vector: number[] }[][] };
      expect(results.map((hits) => hits.map(({ id }) => Number(id)))).toEqual([
        by(near, (row) => row.color),
        by(nearest(7.1, 12), (row) => row.color),
      ]);
      for (const { id, vector } of results.flat()) expect(vector).toEqual([Number(id), 0]);
    });

    test('groups stand together, in the order of their nearest rows', async () => {
      const ids = await idsOf({ order_by_fields: ['id:desc'], group_by_field: 'color', group_size: 2, limit: 3 });
      const groups = Map.groupBy(nearest(100.2, 50), ({ color }) => color);
      const sorted = [...groups.values()].slice(0, 3).sort((l, r) => r[0]!.id - l[0]!.id);
      expect(ids).toEqual(sorted.flatMap((group) => group.slice(0, 2).map(({ id }) => id)));
    });

    test('what it cannot be: an unknown direction, a vector', async () => {
      failsWith(
        await search({ order_by_fields: ['price:up'] }),
        1100,
        /invalid order direction 'up' for field 'price'/,
      );
      failsWith(await search({ order_by_fields: ['vector'] }), 1100, /which is not sortable/);
    });
  });
});

httpChapter('Search', (rest) => {
  let collectionName: string;
  beforeAll(async () => {
    collectionName = uniqueName('ordered_rest');
    const client = new MilvusClient({ address: rest.deployment.address });
    await createThings(client, collectionName);
    await client.closeConnection();
  }, 60_000);
  afterAll(() => rest.post('collections/drop', { collectionName }));

  feature('order_by_fields', () => {
    test('orderByFields of searches and queries', async () => {
      const body = { collectionName, annsField: 'vector', data: [[100.2, 0]], limit: 12, outputFields: ['id'] };
      const near = nearest(100.2, 12);
      const ids = async (more: object): Promise<number[]> =>
        (okData(await rest.post('entities/search', { ...body, ...more })) as { id: number }[]).map(({ id }) => id);
      expect(await ids({ orderByFields: ['price:desc'] })).toEqual(by(near, (row) => row.price, -1, -1));
      expect(await ids({ orderByFields: [{ field: 'color' }] })).toEqual(by(near, (row) => row.color));
      const query = {
        collectionName,
        filter: 'id < 20',
        outputFields: ['id'],
        orderByFields: ['color:desc'],
        limit: 5,
      };
      const found = okData(await rest.post('entities/query', query)) as { id: number }[];
      expect(found.map(({ id }) => id)).toEqual(by(rows.slice(0, 20), (row) => row.color, -1).slice(0, 5));
    });
  });
});
