import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { keyField, vectorField, vectorOf } from './support/rows.ts';

const TEST_MS = 60_000;
const DIM = 8;
const ROWS = 300;

/** Every third row has no vector. */
const hasVector = (id: number) => id % 3 !== 0;
const isLit = (id: number, bit: number) => (id >> (bit % 5)) % 2;
const binaryOf = (id: number) => Array.from({ length: 2 }, (_, byte) => ((id * 37 + byte * 11) % 255) + 1);
const sparseOf = (id: number) => ({ [id % 50]: 1 + isLit(id, 1), [50 + (id % 7)]: 0.5 });

function rowOf(id: number) {
  const has = hasVector(id);
  return {
    id,
    vector: vectorOf(id, DIM),
    dense: has ? vectorOf(id + 1000, DIM) : null,
    half: has ? vectorOf(id + 2000, DIM) : null,
    bits: has ? binaryOf(id) : null,
    sparse: has ? sparseOf(id) : null,
  };
}

const rows = Array.from({ length: ROWS }, (_, id) => rowOf(id));
const squared = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);

chapter('Field types', { since: '3.0' }, (sdk) => {
  feature('Nullable vectors', () => {
    test('null in, null out, never found; growing and sealed', {
      timeout: TEST_MS,
    }, async () => {
      const collection_name = sdk.name('nullable_vectors');
      const nullable = true;
      ok(
        await sdk.client.createCollection({
          collection_name,
          consistency_level: 'Strong' as never,
          fields: [
            keyField,
            vectorField(DIM),
            { name: 'dense', data_type: DataType.FloatVector, dim: DIM, nullable },
            { name: 'half', data_type: DataType.Float16Vector, dim: DIM, nullable },
            { name: 'bits', data_type: DataType.BinaryVector, dim: 16, nullable },
            { name: 'sparse', data_type: DataType.SparseFloatVector, nullable },
          ] as never,
          index_params: [
            { field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' },
            { field_name: 'dense', index_type: 'HNSW', metric_type: 'L2' },
            { field_name: 'half', index_type: 'FLAT', metric_type: 'COSINE' },
            { field_name: 'bits', index_type: 'BIN_FLAT', metric_type: 'HAMMING' },
            { field_name: 'sparse', index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP' },
          ],
        } as never),
      );
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      const described = ok(await sdk.client.describeCollection({ collection_name })).schema;
      expect(described.fields.find(({ name }) => name === 'dense')).toMatchObject({ nullable: true });
      ok(await sdk.client.insert({ collection_name, data: rows as never }));

      const expectAll = async () => {
        const output_fields = ['dense', 'bits', 'sparse'];
        const { data } = ok(await sdk.client.query({ collection_name, filter: 'id < 20', output_fields }));
        data.forEach((row, i) => {
          const { dense, bits, sparse } = rowOf(i);
          expect(row['dense']).toEqual(dense?.map((x) => expect.closeTo(x, 5)) ?? null);
          expect(row['bits']).toEqual(bits);
          if (sparse === null) expect(row['sparse']).toBeNull();
          else expect(Object.keys(row['sparse'])).toEqual(Object.keys(sparse));
        });
        const query = vectorOf(5, DIM);
        const dense = {
          collection_name,
          anns_field: 'dense',
          data: query,
          limit: ROWS,
          output_fields: ['id', 'dense'],
        };
        const { results } = ok(await sdk.client.search(dense as never));
        const expected = rows.filter(({ id }) => hasVector(id)).map((row) => squared(row.dense!, query));
        expect(results.map(({ score }) => score)).toEqual(
          expected.sort((a, b) => a - b).map((score) => expect.closeTo(score, 3)),
        );
        expect(results.every((hit) => Array.isArray(hit['dense']) && hasVector(Number(hit.id)))).toBe(true);
        for (const [anns_field, data] of [
          ['half', query],
          ['bits', binaryOf(7)],
          ['sparse', sparseOf(7)],
        ] as const) {
          const found = ok(
            await sdk.client.search({ collection_name, anns_field, data, limit: ROWS } as never),
          ).results;
          expect(found.length).toBeGreaterThan(0);
          expect(found.every(({ id }) => hasVector(Number(id)))).toBe(true);
          if (anns_field !== 'sparse') expect(found).toHaveLength(expected.length);
        }
      };
      await expectAll();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAll();

      const byId = (ids: number[]) =>
        sdk.client.search({ collection_name, anns_field: 'dense', ids, limit: 1, output_fields: ['id'] } as never);
      expect(ok(await byId([4])).results.flat()).toMatchObject([{ id: '4' }]);
      failsWith(await byId([3]), 1100, /the row with the primary key 3 has no vector in field dense/);

      const upserted = [
        { ...rowOf(3), dense: vectorOf(5, DIM) },
        { ...rowOf(4), dense: null },
      ];
      ok(await sdk.client.upsert({ collection_name, data: upserted as never }));
      const near = { collection_name, anns_field: 'dense', data: vectorOf(5, DIM), limit: ROWS, output_fields: ['id'] };
      const found = ok(await sdk.client.search(near as never)).results.map(({ id }) => id);
      expect(found[0]).toBe('3');
      expect(found).not.toContain('4');
      const none = [{ ...rowOf(1), vector: null }];
      await expect(
        (async () => ok(await sdk.client.insert({ collection_name, data: none as never })))(),
      ).rejects.toThrow();
    });

    test('a vector added to a living collection: old rows have none', { timeout: TEST_MS }, async () => {
      const collection_name = sdk.name('added_vector');
      const fields = [keyField, vectorField(DIM)];
      ok(await sdk.client.createCollection({ collection_name, fields, consistency_level: 'Strong' } as never));
      const index = { field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' };
      ok(await sdk.client.createIndex({ collection_name, ...index } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      const plain = (from: number, count: number) =>
        Array.from({ length: count }, (_, i) => ({ id: from + i, vector: vectorOf(from + i, DIM) }));
      ok(await sdk.client.insert({ collection_name, data: plain(0, 50) }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: plain(50, 50) }));
      const field = { name: 'more', data_type: DataType.FloatVector, dim: DIM, nullable: true };
      ok(await sdk.client.addCollectionField({ collection_name, field: field as never }));
      const more = { field_name: 'more', index_type: 'HNSW', metric_type: 'L2' };
      ok(await sdk.client.createIndex({ collection_name, ...more } as never));
      const data = plain(100, 20).map((row) => ({ ...row, more: row.vector }));
      ok(await sdk.client.insert({ collection_name, data }));
      const search = { collection_name, anns_field: 'more', data: vectorOf(105, DIM), limit: 100 };
      const expectNew = async () => {
        const { results } = ok(await sdk.client.search({ ...search, output_fields: ['id'] } as never));
        expect(results).toHaveLength(20);
        expect(results[0]).toMatchObject({ id: '105' });
        const query = { collection_name, ids: [1, 60, 105], output_fields: ['more'] };
        const found = ok(await sdk.client.query(query)).data.map((row) => row['more'] === null);
        expect(found).toEqual([true, true, false]);
      };
      await expectNew();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectNew();
    });
  });

  feature('A struct added to a living collection', () => {
    test('old rows read as null, new ones are searched', { timeout: TEST_MS }, async () => {
      const collection_name = sdk.name('added_struct');
      const fields = [keyField, vectorField(DIM)];
      ok(await sdk.client.createCollection({ collection_name, fields, consistency_level: 'Strong' } as never));
      const index = { field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' };
      ok(await sdk.client.createIndex({ collection_name, ...index } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      const plain = (id: number) => ({ id, vector: vectorOf(id, DIM) });
      ok(await sdk.client.insert({ collection_name, data: [0, 1, 2].map(plain) }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: [3, 4].map(plain) }));
      const struct = (nullable: boolean) => ({
        name: 'items',
        data_type: DataType.Array,
        element_type: DataType.Struct,
        max_capacity: 4,
        nullable,
        fields: [
          { name: 'page', data_type: DataType.Int32 },
          { name: 'embedding', data_type: DataType.FloatVector, dim: DIM },
        ],
      });
      ok(await sdk.client.addCollectionField({ collection_name, field: struct(true) as never }));
      const again = await sdk.client.addCollectionField({ collection_name, field: struct(true) as never });
      failsWith(again, 1100, /duplicated field name items/);
      const lists = { field_name: 'items[embedding]', index_type: 'HNSW', metric_type: 'MAX_SIM_IP' };
      ok(await sdk.client.createIndex({ collection_name, ...lists } as never));
      const items = (id: number) => [{ page: id, embedding: vectorOf(id, DIM) }];
      const data = [5, 6].map((id) => ({ ...plain(id), items: items(id) }));
      ok(await sdk.client.insert({ collection_name, data: [...data, { ...plain(7), items: null }] as never }));
      const expectAll = async () => {
        const query = { collection_name, filter: 'id >= 0', output_fields: ['items'] };
        const found = ok(await sdk.client.query(query)).data;
        expect(found.map((row) => row['items'])).toEqual([
          ...[null, null, null, null, null],
          ...[5, 6].map((id) => [{ page: id, embedding: vectorOf(id, DIM).map((x) => expect.closeTo(x, 5)) }]),
          null,
        ]);
        const search = { collection_name, anns_field: 'items[embedding]', data: [[vectorOf(5, DIM)]], limit: 10 };
        const { results } = ok(await sdk.client.search({ ...search, output_fields: ['id'] } as never));
        expect(
          (results as unknown as { id: string }[][])
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(['5', '6']);
      };
      await expectAll();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAll();
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      expect(schema.fields.at(-1)).toMatchObject({ name: 'items', nullable: true });
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('Nullable vectors', () => {
    test('null in, null out, never found', async () => {
      const collectionName = uniqueName('http_nullable_vectors');
      const dense = { fieldName: 'dense', dataType: 'FloatVector', nullable: true, elementTypeParams: { dim: DIM } };
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: { fields: [{ fieldName: 'id', dataType: 'Int64', isPrimary: true }, dense] },
          indexParams: [{ fieldName: 'dense', indexName: 'dense', metricType: 'L2' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const data = rows
        .slice(0, 10)
        .map(({ id }) => (hasVector(id) ? { id, dense: vectorOf(id, DIM) } : { id, dense: null }));
      okData(await rest.post('entities/insert', { collectionName, data: [...data, { id: 10 }] }));
      const found = okData(
        await rest.post('entities/query', { collectionName, filter: 'id >= 0', outputFields: ['dense'] }),
      );
      expect(found.map((row: { dense: unknown }) => row.dense === null)).toEqual([
        ...data.map((row) => row.dense === null),
        true,
      ]);
      const search = { collectionName, annsField: 'dense', data: [vectorOf(4, DIM)], limit: 20 };
      const hits = okData(await rest.post('entities/search', search));
      expect(hits.map(({ id }: { id: number }) => id).sort()).toEqual([1, 2, 4, 5, 7, 8]);
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });

  feature('A struct added to a living collection', () => {
    test('old rows read as null', async () => {
      const collectionName = uniqueName('http_added_struct');
      okData(
        await rest.post('collections/create', { collectionName, dimension: 2, params: { consistencyLevel: 'Strong' } }),
      );
      okData(await rest.post('entities/insert', { collectionName, data: [{ id: 1, vector: [1, 0] }] }));
      const page = { fieldName: 'page', dataType: 'Array', elementDataType: 'Int32' };
      const schema = { fieldName: 'items', fields: [{ ...page, elementTypeParams: { max_capacity: 4 } }] };
      const refused = await rest.post('collections/struct_fields/add', { collectionName, schema });
      expect(refused).toMatchObject({ code: 1100, message: expect.stringMatching(/must be nullable/) });
      okData(
        await rest.post('collections/struct_fields/add', { collectionName, schema: { ...schema, nullable: true } }),
      );
      const items = [{ page: 3 }, { page: 4 }];
      okData(await rest.post('entities/insert', { collectionName, data: [{ id: 2, vector: [0, 1], items }] }));
      const query = { collectionName, filter: 'id > 0', outputFields: ['items'] };
      expect(okData(await rest.post('entities/query', query))).toEqual([
        { id: 1, items: null },
        { id: 2, items },
      ]);
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
