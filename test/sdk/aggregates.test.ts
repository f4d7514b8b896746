import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

interface Row {
  readonly id: number;
  readonly color: string;
  readonly size: number | null;
  readonly price: number;
  readonly made: string;
  readonly vector: readonly number[];
}

const rows: readonly Row[] = Array.from({ length: 300 }, (_, id) => ({
  id,
  color: `c${id % 4}`,
  size: id % 10 === 0 ? null : id % 3,
  price: id / 8,
  made: new Date(Date.UTC(2025, 0, 1 + id)).toISOString(),
  vector: [id, 0],
}));

/** Two segments, a growing one, and some rows deleted. */
async function createThings(client: MilvusClient, collection_name: string): Promise<readonly Row[]> {
  ok(
    await client.createCollection({
      collection_name,
      consistency_level: 'Strong',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'color', data_type: DataType.VarChar, max_length: 16 },
        { name: 'size', data_type: DataType.Int16, nullable: true },
        { name: 'price', data_type: DataType.Float },
        { name: 'made', data_type: 26 as DataType },
        { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
    }),
  );
  for (const part of [0, 1, 2]) {
    ok(await client.insert({ collection_name, data: rows.filter(({ id }) => id % 3 === part) as never }));
    if (part < 2) ok(await client.flushSync({ collection_names: [collection_name] }));
  }
  ok(await client.loadCollectionSync({ collection_name }));
  ok(await client.delete({ collection_name, filter: 'id in [3, 4, 299]' }));
  return rows.filter(({ id }) => ![3, 4, 299].includes(id));
}

function grouped<Key>(
  list: readonly Row[],
  keyOf: (row: Row) => Key,
  wanted: (members: readonly Row[], key: Key) => object,
) {
  return Array.from(Map.groupBy(list, keyOf), ([key, members]) => wanted(members, key));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

chapter('Query', { since: '3.0' }, (sdk) => {
  let collection_name: string;
  let living: readonly Row[];
  beforeAll(async () => {
    collection_name = sdk.name('aggregates');
    living = await createThings(sdk.client, collection_name);
  }, 60_000);

  const query = (more: object) => sdk.client.query({ collection_name, ...more } as never);

  feature('aggregates', () => {
    test('over all rows and over those of a filter', async () => {
      const output_fields = [
        'count(*)',
        'COUNT(size)',
        'sum(id)',
        'avg(size)',
        'min(price)',
        'max( color )',
        'max(made)',
      ];
      for (const [filter, list] of [
        ['', living],
        ['id >= 250', living.filter(({ id }) => id >= 250)],
      ] as const) {
        const { data } = ok(await query({ filter, output_fields }));
        const sizes = list.flatMap(({ size }) => (size === null ? [] : [size]));
        expect(data).toEqual([
          {
            'count(*)': String(list.length),
            'COUNT(size)': String(sizes.length),
            'sum(id)': String(sum(list.map(({ id }) => id))),
            'avg(size)': sum(sizes) / sizes.length,
            'min(price)': list[0]!.price,
            'max( color )': 'c3',
            'max(made)': expect.stringMatching(new RegExp(`^${list.at(-1)!.made.slice(0, 19)}`)),
          },
        ]);
      }
    });

    test('over no rows: counts are 0, all else is null', async () => {
      const { data } = ok(await query({ filter: 'id < 0', output_fields: ['count(size)', 'sum(size)', 'min(color)'] }));
      expect(data).toEqual([{ 'count(size)': '0', 'sum(size)': null, 'min(color)': null }]);
    });

    test('what there is not', async () => {
      const fails = async (name: string, reason: RegExp) =>
        failsWith(await query({ output_fields: [name] }), 1100, reason);
      await fails('sum(color)', /aggregation operator sum does not support data type VarChar/);
      await fails('min(vector)', /aggregation operator min does not support data type FloatVector/);
      await fails('sum(nope)', /target field nope for aggregation:sum does not exist/);
      await fails('sum(*)', /sum\(\*\) is not supported, only count\(\*\) is allowed/);
    });
  });

  feature('group_by_fields', () => {
    test('groups of one field, by its values; null is a group', async () => {
      const { data } = ok(
        await query({ group_by_fields: ['size'], output_fields: ['size', 'count(*)', 'sum(price)'] }),
      );
      const found = grouped(
        living,
        ({ size }) => size,
        (members, size) => ({
          size,
          'count(*)': String(members.length),
          'sum(price)': sum(members.map(({ price }) => price)),
        }),
      ) as { size: number | null }[];
      expect(data).toEqual(found.sort((l, r) => (l.size ?? 99) - (r.size ?? 99)));
    });

    test('of two fields, in an order, in pages', async () => {
      const wanted = grouped(
        living,
        ({ color, size }) => `${color}${size === null ? 'z' : size}`,
        (members) => ({
          size: members[0]!.size,
          color: members[0]!.color,
          'max(id)': String(members.at(-1)!.id),
        }),
      ) as { color: string; size: number | null }[];
      wanted.sort((l, r) => (l.color < r.color ? 1 : l.color > r.color ? -1 : (l.size ?? 99) - (r.size ?? 99)));
      for (const [offset, limit] of [
        [0, 20],
        [3, 4],
      ] as const) {
        const { data } = ok(
          await query({
            group_by_fields: ['color', 'size'],
            output_fields: ['size', 'color', 'max(id)'],
            order_by_fields: ['color:desc', 'size'],
            offset,
            limit,
          }),
        );
        expect(data).toEqual(wanted.slice(offset, offset + limit));
      }
    });

    test('what cannot be grouped or ordered by', async () => {
      const fails = async (more: object, reason: RegExp) =>
        failsWith(await query({ group_by_fields: ['color'], output_fields: ['count(*)'], ...more }), 1100, reason);
      await fails({ group_by_fields: ['price'] }, /group by field price has unsupported data type Float/);
      await fails({ output_fields: ['id'] }, /output field id must be one of the group_by_fields or an aggregation/);
      await fails(
        { order_by_fields: ['count(*)'] },
        /ORDER BY on aggregate expression 'count\(\*\)' is not yet supported/,
      );
      await fails(
        { order_by_fields: ['id'] },
        /ORDER BY can only reference GROUP BY columns. Valid targets are: \[color\]/,
      );
    });
  });
});

httpChapter('Query', (rest) => {
  let collectionName: string;
  let living: readonly Row[];
  beforeAll(async () => {
    collectionName = uniqueName('aggregates_rest');
    const client = new MilvusClient({ address: rest.deployment.address });
    living = await createThings(client, collectionName);
    await client.closeConnection();
  }, 60_000);
  afterAll(() => rest.post('collections/drop', { collectionName }));

  feature('group_by_fields', () => {
    test('groupByFields, with a limit that counts groups', async () => {
      const outputFields = ['color', 'count(*)', 'avg(price)'];
      const body = { collectionName, groupByFields: ['color'], outputFields, orderByFields: ['color:desc'], limit: 2 };
      expect(okData(await rest.post('entities/query', body))).toEqual(
        ['c3', 'c2'].map((color) => {
          const members = living.filter((row) => row.color === color);
          const mean = sum(members.map(({ price }) => price)) / members.length;
          return { color, 'count(*)': members.length, 'avg(price)': expect.closeTo(mean, 9) };
        }),
      );
    });
  });
});
