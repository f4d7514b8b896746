import { DataType, FunctionType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';

const ROW_COUNT = 40;
const WORDS = ['apple', 'banana', 'cherry', 'plum'];

/** Row i says one word, and in row 5 twice, so that it is the best for it. */
const rows = Array.from({ length: ROW_COUNT }, (_, id) => ({
  id,
  text: id === 5 ? 'banana banana' : `${WORDS[id % 4]} and number${id}`,
  dense: [id, 0],
  bits: [id, 0xff],
  weights: { [id]: 1, 1000: id / 100 },
}));

chapter('Hybrid search', { since: '2.6' }, (sdk) => {
  let collection_name: string;

  beforeAll(async () => {
    collection_name = sdk.name('kinds');
    ok(
      await sdk.client.createCollection({
        collection_name,
        consistency_level: 'Strong',
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'text', data_type: DataType.VarChar, max_length: 100, enable_analyzer: true },
          { name: 'dense', data_type: DataType.FloatVector, dim: 2 },
          { name: 'bits', data_type: DataType.BinaryVector, dim: 16 },
          { name: 'weights', data_type: DataType.SparseFloatVector },
          { name: 'terms', data_type: DataType.SparseFloatVector, is_function_output: true },
        ],
        functions: [
          {
            name: 'bm25',
            type: FunctionType.BM25,
            input_field_names: ['text'],
            output_field_names: ['terms'],
            params: {},
          },
        ],
        index_params: [
          { field_name: 'dense', index_type: 'HNSW', metric_type: 'COSINE' },
          { field_name: 'bits', index_type: 'BIN_FLAT', metric_type: 'HAMMING' },
          { field_name: 'weights', index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP' },
          { field_name: 'terms', index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'BM25' },
        ],
      } as never),
    );
    ok(await sdk.client.insert({ collection_name, data: rows.slice(0, 25) as never }));
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: rows.slice(25) as never }));
    ok(await sdk.client.loadCollectionSync({ collection_name }));
  }, 60_000);

  feature('dense, binary, sparse and text searches meet', () => {
    const searches = [
      { anns_field: 'dense', data: [1, 0], limit: 5 },
      { anns_field: 'bits', data: [5, 0xff], limit: 1 },
      { anns_field: 'weights', data: { 5: 2 }, limit: 5 },
      { anns_field: 'terms', data: 'banana', limit: 5 },
    ];

    test('a row that is the best of three of them is the first', async () => {
      const { results } = ok(
        await sdk.client.hybridSearch({
          collection_name,
          data: searches,
          limit: 3,
          rerank: { strategy: 'rrf', params: { k: 60 } },
          output_fields: ['id', 'text'],
        } as never),
      );
      // Row 5 is the only one that the bits and the weights name, and says the word twice.
      expect(results[0]).toMatchObject({ id: '5', text: 'banana banana' });
      expect((results[0] as { score: number }).score).toBeGreaterThanOrEqual(3 / 61 - 1e-6);
    });

    test('weighted, with scores normalised by their metrics', async () => {
      const alone = async (search: object) => {
        const { results } = ok(
          await sdk.client.search({ collection_name, output_fields: ['id'], ...search } as never),
        ) as unknown as { results: { id: string; score: number }[] };
        return new Map(results.map(({ id, score }) => [id, score]));
      };
      const [bits, weights, terms] = await Promise.all(searches.slice(1).map(alone));
      const { results } = ok(
        await sdk.client.hybridSearch({
          collection_name,
          data: searches.slice(1),
          limit: 1,
          rerank: { strategy: 'weighted', params: { weights: [0.5, 0.25, 0.25], norm_score: true } },
          output_fields: ['id'],
        } as never),
      ) as unknown as { results: { id: string; score: number }[] };
      const expected =
        0.5 * (1 - (2 * Math.atan(bits!.get('5')!)) / Math.PI) +
        0.25 * (0.5 + Math.atan(weights!.get('5')!) / Math.PI) +
        0.25 * ((2 * Math.atan(terms!.get('5')!)) / Math.PI);
      expect(results[0]!.id).toBe('5');
      expect(results[0]!.score).toBeCloseTo(expected, 4);
    });
  });
});
