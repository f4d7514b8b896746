import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData, throwsWith } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const SETUP_MS = 60_000;
const ROWS = 30;

const sparseOf = (id: number): Record<string, number> => ({ [id]: 0.5, [id + 1000]: 1.25, 4294967294: 2 });

chapter('Field types', (sdk) => {
  feature('SparseFloatVector', () => {
    let collection_name: string;

    beforeAll(async () => {
      collection_name = sdk.name('sparse');
      ok(
        await sdk.client.createCollection({
          collection_name,
          consistency_level: 'Strong' as never,
          fields: [
            { name: 'id', data_type: DataType.Int64, is_primary_key: true },
            { name: 'sparse', data_type: DataType.SparseFloatVector },
          ],
        }),
      );
      const index = { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP' };
      ok(await sdk.client.createIndex({ collection_name, field_name: 'sparse', ...index } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      const data = Array.from({ length: ROWS }, (_, id) => ({ id, sparse: sparseOf(id) }));
      ok(await sdk.client.insert({ collection_name, data: data as never }));
    }, SETUP_MS);

    async function expectAllRows(): Promise<void> {
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id >= 0', output_fields: ['sparse'] }));
      expect(data).toEqual(Array.from({ length: ROWS }, (_, id) => ({ id: String(id), sparse: sparseOf(id) })));
    }

    test('vectors come back as they went in, from growing and from sealed segments', async () => {
      await expectAllRows();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAllRows();
    });

    test('other spellings mean the same: pairs, lists, arrays with holes', async () => {
      const spellings = [
        [
          { index: 7, value: 1 },
          { index: 3, value: 2 },
        ],
        { indices: [7, 3], values: [1, 2] },
      ];
      const data = spellings.map((sparse, i) => ({ id: 100 + i, sparse }));
      ok(await sdk.client.upsert({ collection_name, data: data as never }));
      const answer = ok(await sdk.client.query({ collection_name, ids: [100, 101], output_fields: ['sparse'] }));
      expect(answer.data).toEqual([100, 101].map((id) => ({ id: String(id), sparse: { 3: 2, 7: 1 } })));
      ok(await sdk.client.delete({ collection_name, ids: [100, 101] } as never));
    });

    test('an index that comes after the rows is finished at once', async () => {
      const late = sdk.name('late_index');
      const sparse = { name: 'sparse', data_type: DataType.SparseFloatVector };
      const id = { name: 'id', data_type: DataType.Int64, is_primary_key: true };
      ok(await sdk.client.createCollection({ collection_name: late, fields: [id, sparse] }));
      ok(await sdk.client.insert({ collection_name: late, data: [{ id: 1, sparse: sparseOf(1) }] as never }));
      ok(await sdk.client.flushSync({ collection_names: [late] }));
      const index = { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP' };
      ok(await sdk.client.createIndex({ collection_name: late, field_name: 'sparse', ...index } as never));
      expect(ok(await sdk.client.getIndexState({ collection_name: late, field_name: 'sparse' })).state).toBe(
        'Finished',
      );
      ok(await sdk.client.dropCollection({ collection_name: late }));
    });

    test('negative values, doubled indexes and a dim are refused', async () => {
      const insert = (sparse: object) => sdk.client.insert({ collection_name, data: [{ id: 200, sparse }] as never });
      failsWith(await insert({ 1: -0.5 }), 1100, /negative value/);
      failsWith(await insert({ indices: [2, 10, 2], values: [1, 1, 1] }), 1100, /same indices/);
      await throwsWith(
        sdk.client.createCollection({
          collection_name: sdk.name('bad_sparse'),
          fields: [
            { name: 'id', data_type: DataType.Int64, is_primary_key: true },
            { name: 'sparse', data_type: DataType.SparseFloatVector, dim: 8 },
          ],
        }),
        1100,
        /dim should not be specified/,
      );
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('SparseFloatVector', () => {
    test('objects and lists in, objects out; zeroes are kept, and no hit comes of them', async () => {
      const collectionName = uniqueName('http_sparse');
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [
              { fieldName: 'id', dataType: 'Int64', isPrimary: true },
              { fieldName: 'sparse', dataType: 'SparseFloatVector' },
            ],
          },
          indexParams: [{ fieldName: 'sparse', indexName: 'sparse', metricType: 'IP', indexType: 'SPARSE_WAND' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const data = [
        { id: 1, sparse: { 5: 0.5, 3: 0, 2: 0.25 } },
        { id: 2, sparse: { indices: [9, 1], values: [0.1, 3] } },
      ];
      okData(await rest.post('entities/insert', { collectionName, data }));
      const query = { collectionName, filter: 'id > 0', outputFields: ['sparse'] };
      expect(okData(await rest.post('entities/query', query))).toEqual([
        { id: 1, sparse: { 2: 0.25, 3: 0, 5: 0.5 } },
        { id: 2, sparse: { 1: 3, 9: 0.1 } },
      ]);
      const found = async (vector: object) => okData(await rest.post('entities/search', { ...search, data: [vector] }));
      const search = { collectionName, annsField: 'sparse', limit: 2, outputFields: ['id'] };
      expect(await found({ 3: 1 })).toEqual([]);
      expect(await found({ 5: 2, 9: 0 })).toMatchObject([{ id: 1, distance: 1 }]);
      const bad = { collectionName, data: [{ id: 3, sparse: { x: 1 } }] };
      expect(await rest.post('entities/insert', bad)).toMatchObject({ code: 1804 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
