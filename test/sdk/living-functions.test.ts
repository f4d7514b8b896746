import { DataType, FunctionType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok, okData, refuses } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { keyField, vectorField, vectorOf } from './support/rows.ts';
import { B, bm25, expectBest, K1, texts } from './support/texts.ts';

const TEST_MS = 60_000;
const DIM = 4;

const textField = { name: 'text', data_type: DataType.VarChar, max_length: 500, enable_analyzer: true };
const words = {
  name: 'words',
  description: 'words to weights',
  type: FunctionType.BM25,
  input_field_names: ['text'],
  output_field_names: ['sparse'],
  params: {},
};
const bm25Index = { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'BM25', params: { bm25_k1: K1, bm25_b: B } };

const rowsOf = (from: number, count: number, more: object = {}) =>
  texts(from, count).map((text, i) => ({ id: from + i, text, vector: vectorOf(from + i, DIM), ...more }));

/** Rows 0..249: 150 of them sealed, the others growing. */
async function createRows(sdk: Sdk, base: string, fields: readonly object[], more: object = {}): Promise<string> {
  const collection_name = sdk.name(base);
  const consistency_level = 'Strong' as never;
  const all = [keyField, vectorField(DIM), ...fields];
  ok(await sdk.client.createCollection({ collection_name, consistency_level, fields: all as never }));
  ok(
    await sdk.client.createIndex({
      collection_name,
      field_name: 'vector',
      index_type: 'FLAT',
      metric_type: 'L2',
    } as never),
  );
  ok(await sdk.client.insert({ collection_name, data: rowsOf(0, 150, more) }));
  ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
  ok(await sdk.client.insert({ collection_name, data: rowsOf(150, 100, more) }));
  return collection_name;
}

async function expectSearch(sdk: Sdk, collection_name: string, rows: readonly string[]): Promise<void> {
  for (const query of ['apple', 'quince papaya lemon']) {
    const search = { collection_name, data: query, anns_field: 'sparse', limit: 10 };
    const { results } = ok(await sdk.client.search(search as never));
    expectBest(results, bm25(rows, query), 10);
  }
}

chapter('Full-text search', { since: '2.6' }, (sdk) => {
  feature('Functions of a living collection', () => {
    test('a field that is there becomes the output of BM25, for old rows and new ones', {
      timeout: TEST_MS,
    }, async () => {
      const sparseField = { name: 'sparse', data_type: DataType.SparseFloatVector };
      const collection_name = await createRows(sdk, 'made_output', [textField, sparseField], { sparse: { 7: 1 } });
      ok(await sdk.client.addCollectionFunction({ collection_name, function: words }));
      const described = ok(await sdk.client.describeCollection({ collection_name })).schema;
      expect(described.functions).toMatchObject([{ name: 'words', input_field_names: ['text'] }]);
      expect(described.fields.find(({ name }) => name === 'sparse')).toMatchObject({ is_function_output: true });
      ok(await sdk.client.createIndex({ collection_name, field_name: 'sparse', ...bm25Index } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      await expectSearch(sdk, collection_name, texts(0, 250));
      ok(await sdk.client.insert({ collection_name, data: rowsOf(250, 50) }));
      await expectSearch(sdk, collection_name, texts(0, 300));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectSearch(sdk, collection_name, texts(0, 300));

      const altered = { ...words, description: 'something else' };
      ok(await sdk.client.alterCollectionFunction({ collection_name, function_name: 'words', function: altered }));
      const [shown] = ok(await sdk.client.describeCollection({ collection_name })).schema.functions;
      expect(shown).toMatchObject({ name: 'words', description: 'something else' });
      const other = { ...words, output_field_names: ['vector'] };
      failsWith(
        await sdk.client.alterCollectionFunction({ collection_name, function_name: 'words', function: other }),
        1100,
        /SparseFloatVector/,
      );

      const drop = () => sdk.client.dropCollectionFunction({ collection_name, function_name: 'words' });
      failsWith(await drop(), 1100, /drop the index first/);
      ok(await sdk.client.releaseCollection({ collection_name }));
      ok(await sdk.client.dropIndex({ collection_name, field_name: 'sparse', index_name: 'sparse' }));
      ok(await drop());
      ok(await drop());
      const plain = ok(await sdk.client.describeCollection({ collection_name })).schema;
      expect(plain.functions).toEqual([]);
      expect(plain.fields.find(({ name }) => name === 'sparse')).toMatchObject({ is_function_output: false });
    });

    test('what cannot be added', { timeout: TEST_MS }, async () => {
      const sparseField = { name: 'sparse', data_type: DataType.SparseFloatVector };
      const collection_name = await createRows(sdk, 'no_output', [textField, sparseField], { sparse: { 7: 1 } });
      const add = (more: object) =>
        sdk.client.addCollectionFunction({ collection_name, function: { ...words, ...more } });
      failsWith(await add({ output_field_names: ['none'] }), 1100, /output field not found: none/);
      failsWith(await add({ input_field_names: ['id'] }), 1100, /VARCHAR/);
      const index = { field_name: 'sparse', index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP' };
      ok(await sdk.client.createIndex({ collection_name, ...index } as never));
      failsWith(await add({}), 1100, /drop the index first/);
    });

    refuses('Functions that need a model elsewhere', async () => {
      const collection_name = await createRows(sdk, 'models', [textField]);
      const type = FunctionType.TEXTEMBEDDING;
      const embedding = { ...words, type, output_field_names: ['vector'] };
      return sdk.client.addCollectionFunction({ collection_name, function: embedding });
    });

    if (sdk.since('3.0')) {
      test('a function comes and goes with its field, while the collection is loaded', {
        timeout: TEST_MS,
      }, async () => {
        const collection_name = await createRows(sdk, 'function_field', [{ ...textField, enable_match: true }]);
        ok(await sdk.client.loadCollectionSync({ collection_name }));
        const field = { name: 'sparse', data_type: DataType.SparseFloatVector };
        const added = { collection_name, field, function: words, index_name: 'by_words', extra_params: bm25Index };
        ok(await sdk.client.addFunctionField(added as never));
        await expectSearch(sdk, collection_name, texts(0, 250));
        ok(await sdk.client.insert({ collection_name, data: rowsOf(250, 50) }));
        await expectSearch(sdk, collection_name, texts(0, 300));
        ok(await sdk.client.compact({ collection_name }));
        await expectSearch(sdk, collection_name, texts(0, 300));

        ok(await sdk.client.dropFunctionField({ collection_name, function_name: 'words' }));
        const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
        expect(schema.fields.map(({ name }) => name)).toEqual(['id', 'vector', 'text']);
        const filter = "text_match(text, 'quince')";
        const { data } = ok(await sdk.client.query({ collection_name, filter, output_fields: ['id'] }));
        expect(data).toHaveLength(texts(0, 300).filter((text) => text.includes('quince')).length);
      });

      test('a text keeps its words when the function that had them goes', { timeout: TEST_MS }, async () => {
        const collection_name = sdk.name('keeps_words');
        const sparseField = { name: 'sparse', data_type: DataType.SparseFloatVector };
        const fields = [keyField, vectorField(DIM), { ...textField, enable_match: true }, sparseField];
        ok(
          await sdk.client.createCollection({
            collection_name,
            consistency_level: 'Strong',
            fields,
            functions: [words],
            index_params: [
              { field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' },
              { field_name: 'sparse', ...bm25Index },
            ],
          } as never),
        );
        ok(await sdk.client.loadCollectionSync({ collection_name }));
        ok(await sdk.client.insert({ collection_name, data: rowsOf(0, 60) }));
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        ok(await sdk.client.insert({ collection_name, data: rowsOf(60, 40) }));
        ok(await sdk.client.dropFunctionField({ collection_name, function_name: 'words' }));
        ok(await sdk.client.insert({ collection_name, data: rowsOf(100, 20) }));
        const filter = "text_match(text, 'quince lemon')";
        const count = async () => ok(await sdk.client.query({ collection_name, filter, output_fields: ['id'] })).data;
        const expected = texts(0, 120).filter((text) => /quince|lemon/.test(text)).length;
        expect(await count()).toHaveLength(expected);
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        expect(await count()).toHaveLength(expected);
      });
    }
  });
});

chapter('Collections', { since: '3.0' }, (sdk) => {
  feature('Dropping a field', () => {
    test('a field goes with its index, keys and the last vector stay', { timeout: TEST_MS }, async () => {
      const collection_name = await createRows(sdk, 'dropped', [textField, { name: 'n', data_type: DataType.Int8 }], {
        n: 1,
      });
      ok(await sdk.client.createIndex({ collection_name, field_name: 'n', index_type: 'INVERTED' } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      ok(await sdk.client.dropCollectionField({ collection_name, field_name: 'n' }));
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      expect(schema.fields.map(({ name }) => name)).toEqual(['id', 'vector', 'text']);
      expect(ok(await sdk.client.describeIndex({ collection_name })).index_descriptions).toHaveLength(1);
      failsWith(await sdk.client.query({ collection_name, filter: 'n == 1' }), 1100, /n/);
      const added = { name: 'n', data_type: DataType.Int64, nullable: true };
      ok(await sdk.client.addCollectionField({ collection_name, field: added as never }));
      ok(await sdk.client.insert({ collection_name, data: rowsOf(250, 10, { n: 9 }) }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      const query = (filter: string) => sdk.client.query({ collection_name, filter, output_fields: ['count(*)'] });
      expect(ok(await query('n is null')).data).toEqual([{ 'count(*)': '250' }]);
      expect(ok(await query('n == 9')).data).toEqual([{ 'count(*)': '10' }]);
      const drop = (field_name: string) => sdk.client.dropCollectionField({ collection_name, field_name });
      failsWith(await drop('id'), 1100, /key/);
      failsWith(await drop('vector'), 1100, /last one cannot be dropped/);
      failsWith(await drop('none'), 1700, /none/);
    });
  });
});

httpChapter('Full-text search', (rest) => {
  feature('Functions of a living collection', () => {
    test('added, described, altered, dropped', async () => {
      const collectionName = uniqueName('http_living_functions');
      const body = {
        fieldName: 'text',
        dataType: 'VarChar',
        elementTypeParams: { max_length: 200, enable_analyzer: true },
      };
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [
              { fieldName: 'id', dataType: 'Int64', isPrimary: true },
              body,
              { fieldName: 'sparse', dataType: 'SparseFloatVector' },
            ],
          },
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const texted = texts(0, 40);
      const data = texted.map((text, id) => ({ id, text, sparse: { 3: 1 } }));
      okData(await rest.post('entities/insert', { collectionName, data }));
      const definition = { name: 'words', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'] };
      okData(await rest.post('collections/add_function', { collectionName, function: definition }));
      const params = { index_type: 'SPARSE_INVERTED_INDEX', bm25_k1: K1, bm25_b: B };
      const sent = [{ id: 100, text: 'a', sparse: { 3: 1 } }];
      expect(await rest.post('entities/insert', { collectionName, data: sent })).toMatchObject({
        message: expect.stringMatching(/output of a function/),
      });
      const indexParams = [{ fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', params }];
      okData(await rest.post('indexes/create', { collectionName, indexParams }));
      okData(await rest.post('collections/load', { collectionName }));
      const search = { collectionName, data: ['apple fig'], annsField: 'sparse', limit: 5 };
      const hits = okData(await rest.post('entities/search', search)) as { id: number; distance: number }[];
      expectBest(
        hits.map(({ id, distance }) => ({ id: String(id), score: distance })),
        bm25(texted, 'apple fig'),
        5,
      );
      const described = { ...definition, description: 'words of texts' };
      const altered = { collectionName, functionName: 'words', function: described };
      okData(await rest.post('collections/alter_function', altered));
      const { functions } = okData(await rest.post('collections/describe', { collectionName }));
      expect(functions).toMatchObject([{ name: 'words', description: 'words of texts' }]);
      const drop = { collectionName, functionName: 'words' };
      expect(await rest.post('collections/drop_function', drop)).toMatchObject({ code: 1100 });
      okData(await rest.post('collections/release', { collectionName }));
      okData(await rest.post('indexes/drop', { collectionName, indexName: 'sparse' }));
      okData(await rest.post('collections/drop_function', drop));
      expect(okData(await rest.post('collections/describe', { collectionName })).functions).toEqual([]);
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
