import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField } from './support/rows.ts';

const DIM = 4;
const fields = [
  keyField,
  vectorField(DIM),
  { name: 'price', data_type: DataType.Int32 },
  { name: 'color', data_type: DataType.VarChar, max_length: 16 },
];
const rows = rowsOf(200, DIM, (i) => ({ price: (i * 37) % 50, color: `c${i % 3}` }));

chapter('Query', { since: '3.0' }, (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    const index = { index_type: 'FLAT', metric_type: 'L2' };
    collection_name = await createLoaded(sdk, 'ordered', { fields, index, rows: rows.slice(0, 120) });
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: rows.slice(120) }));
  });

  feature('order_by_fields', () => {
    const query = (more: object) =>
      sdk.client.query({
        collection_name,
        filter: 'id >= 10',
        output_fields: ['id', 'price', 'color'],
        ...more,
      } as never);

    test('one field, then another, then the key; limit and offset count in that order', async () => {
      const sorted = rows
        .filter(({ id }) => id >= 10)
        .sort((l, r) => r.price - l.price || (l.color < r.color ? -1 : l.color > r.color ? 1 : l.id - r.id));
      for (const [offset, limit] of [
        [0, 10],
        [7, 25],
      ] as const) {
        const { data } = ok(await query({ order_by_fields: ['price:desc', 'color:asc'], offset, limit }));
        expect(data.map(({ id }) => Number(id))).toEqual(sorted.slice(offset, offset + limit).map(({ id }) => id));
      }
    });

    test('fields that are not asked for, vectors in the answer', async () => {
      const { data } = ok(await query({ order_by_fields: ['id:desc'], output_fields: ['vector'], limit: 3 }));
      expect(data.map(({ id }) => Number(id))).toEqual([199, 198, 197]);
      expect(data[0]!['vector']).toHaveLength(DIM);
    });

    test('an unknown field, a vector', async () => {
      failsWith(await query({ order_by_fields: ['nope'], limit: 3 }), 1100, /'nope' does not exist/);
      failsWith(
        await query({ order_by_fields: ['vector'], limit: 3 }),
        1100,
        /'vector' has type FloatVector which is not sortable/,
      );
    });
  });
});
