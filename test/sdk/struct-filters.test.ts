import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';

const ROWS = 60;
const DIM = 2;
const rows = Array.from({ length: ROWS }, (_, id) => ({
  id,
  vector: [id, 0],
  items: Array.from({ length: 1 + (id % 3) }, (_, i) => ({
    label: `label ${(id + i) % 5}`,
    page: (id * 3 + i) % 10,
    embedding: [id, i],
  })),
}));
type Row = (typeof rows)[number];

const fieldsOf = () =>
  [
    { name: 'id', data_type: DataType.Int64, is_primary_key: true },
    { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    {
      name: 'items',
      data_type: DataType.Array,
      element_type: DataType.Struct,
      max_capacity: 8,
      fields: [
        { name: 'label', data_type: DataType.VarChar, max_length: 32 },
        { name: 'page', data_type: DataType.Int32 },
        { name: 'embedding', data_type: DataType.FloatVector, dim: DIM },
      ],
    },
  ] as unknown as FieldType[];

chapter('Filters', { since: '2.6' }, (sdk) => {
  feature('sub-fields of structs', () => {
    let collection_name: string;
    beforeAll(async () => {
      collection_name = sdk.name('structs');
      const consistency_level = 'Strong' as never;
      ok(await sdk.client.createCollection({ collection_name, fields: fieldsOf(), consistency_level }));
      const index = (field_name: string, metric_type: string) =>
        sdk.client.createIndex({ collection_name, field_name, index_type: 'HNSW', metric_type } as never);
      ok(await index('vector', 'L2'));
      ok(await index('items[embedding]', 'MAX_SIM_IP'));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      ok(await sdk.client.insert({ collection_name, data: structuredClone(rows.slice(0, ROWS / 2)) as never }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: structuredClone(rows.slice(ROWS / 2)) as never }));
    }, 60_000);

    const query = (filter: string) =>
      sdk.client.query({ collection_name, filter, output_fields: ['id'], limit: ROWS } as never);

    test.each<[string, (row: Row) => boolean]>([
      ['match_any(items, $[page] == 7)', ({ items }) => items.some(({ page }) => page === 7)],
      ['element_filter(items, $[page] > 7)', ({ items }) => items.some(({ page }) => page > 7)],
      ['MATCH_ALL(items, $[page] < 8)', ({ items }) => items.every(({ page }) => page < 8)],
      [
        'match_any(items, $[page] > 3 and $[label] == "label 2")',
        ({ items }) => items.some(({ page, label }) => page > 3 && label === 'label 2'),
      ],
      [
        'match_least(items, $[page] > 2, threshold = 2)',
        ({ items }) => items.filter(({ page }) => page > 2).length >= 2,
      ],
      [
        'match_exact(items, $[label] like "label _", threshold = 3) and id > 10',
        ({ id, items }) => items.length === 3 && id > 10,
      ],
      ['array_length(items[page]) == 2', ({ items }) => items.length === 2],
      ['array_contains(items[label], "label 3")', ({ items }) => items.some(({ label }) => label === 'label 3')],
      ['items[0][page] >= 5', ({ items }) => items[0]!.page >= 5],
    ])('%s', async (filter, holds) => {
      const { data } = ok(await query(filter));
      expect(data.map(({ id }) => Number(id))).toEqual(rows.filter(holds).map(({ id }) => id));
    });

    test('a sub-field that is not there', async () => {
      failsWith(await query('match_any(items, $[pages] == 7)'), 1100, /field pages not exist in struct items/);
    });
  });
});
