import { DataType, FunctionType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomOf } from '../e2e/row-model.ts';
import { failsWith, ok, okData, refuses } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { keyField, load, vectorField, vectorOf } from './support/rows.ts';
import { B, bm25, expectBest, type Hit, K1, textOf, texts, wordsOf } from './support/texts.ts';

const SETUP_MS = 60_000;
const DIM = 4;
const bm25Function = {
  name: 'text_bm25',
  description: 'words to weights',
  type: FunctionType.BM25,
  input_field_names: ['text'],
  output_field_names: ['sparse'],
  params: {},
};

async function createTexts(sdk: Sdk, base: string, textParams: object = {}): Promise<string> {
  const collection_name = sdk.name(base);
  ok(
    await sdk.client.createCollection({
      collection_name,
      consistency_level: 'Strong' as never,
      fields: [
        keyField,
        { name: 'text', data_type: DataType.VarChar, max_length: 500, enable_analyzer: true, ...textParams },
        { name: 'sparse', data_type: DataType.SparseFloatVector, is_function_output: true },
        vectorField(DIM),
        { name: 'parity', data_type: DataType.Int8 },
      ],
      functions: [bm25Function],
      index_params: [
        { field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' },
        {
          field_name: 'sparse',
          index_type: 'SPARSE_INVERTED_INDEX',
          metric_type: 'BM25',
          params: { inverted_index_algo: 'DAAT_MAXSCORE', bm25_k1: K1, bm25_b: B },
        },
      ],
    } as never),
  );
  ok(await sdk.client.loadCollectionSync({ collection_name }));
  return collection_name;
}

const rowsOf = (from: number, count: number) =>
  texts(from, count).map((text, i) => ({
    id: from + i,
    text,
    vector: vectorOf(from + i, DIM),
    parity: (from + i) % 2,
  }));

chapter('Full-text search', (sdk) => {
  feature('BM25', () => {
    let collection_name: string;
    const search = (data: string | string[], more: object = {}) =>
      sdk.client.search({ collection_name, data, anns_field: 'sparse', limit: 10, ...more } as never);

    beforeAll(async () => {
      collection_name = await createTexts(sdk, 'texts');
      ok(await sdk.client.insert({ collection_name, data: rowsOf(0, 200) }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: rowsOf(200, 150) }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: rowsOf(350, 50) }));
    }, SETUP_MS);

    test('scores are those of all rows together, in sealed and growing segments', async () => {
      for (const query of ['apple', 'quince papaya', 'Lemon lemon FIG', 'nectarine, orange; banana']) {
        const { results } = ok(await search(query));
        expectBest(results as never, bm25(texts(0, 400), query), 10);
      }
    });

    test('several texts at once, a filter, an offset, rows left out', async () => {
      const { results } = ok(await search(['quince', 'papaya mango'], { limit: 3, filter: 'id < 300', offset: 2 }));
      const expected = ['quince', 'papaya mango'].map((query) => {
        const scores = [...bm25(texts(0, 400), query)].filter(([row]) => row < 300).map(([, score]) => score);
        return scores.sort((left, right) => right - left).slice(2, 5);
      });
      const found = (results as unknown as Hit[][]).map((hits) => hits.map(({ score }) => score));
      found.forEach((scores, query) => {
        scores.forEach((score, i) => {
          expect(score).toBeCloseTo(expected[query]![i]!, 4);
        });
      });
      expect(found.map((scores) => scores.length)).toEqual(expected.map((scores) => scores.length));
    });

    test('words that no row has find nothing', async () => {
      expect(ok(await search('zebra')).results).toEqual([]);
      expect(ok(await search('...')).results).toEqual([]);
    });

    test('the description shows the function and its output', async () => {
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      expect(schema.functions).toMatchObject([
        { name: 'text_bm25', type: 'BM25', input_field_names: ['text'], output_field_names: ['sparse'] },
      ]);
      expect(schema.fields.find(({ name }) => name === 'sparse')).toMatchObject({ is_function_output: true });
    });

    test('the output is neither given nor shown', async () => {
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id == 1', output_fields: ['*'] }));
      expect(Object.keys(data[0]!).sort()).toEqual(['id', 'parity', 'text', 'vector']);
      const asked = await sdk.client.query({ collection_name, filter: 'id == 1', output_fields: ['sparse'] });
      failsWith(asked, 1100, /not allowed to retrieve raw data of field sparse/);
    });

    test('hits grouped by a field', async () => {
      const found = ok(await search('quince', { limit: 3, group_by_field: 'parity', output_fields: ['parity'] }));
      const scores = bm25(texts(0, 400), 'quince');
      const best = [0, 1].map((parity) => {
        return Math.max(...[...scores].filter(([row]) => row % 2 === parity).map(([, score]) => score));
      });
      const hits = found.results as unknown as (Hit & { parity: number })[];
      expect(hits).toHaveLength(2);
      for (const { parity, score } of hits) expect(score).toBeCloseTo(best[parity]!, 4);
    });

    test('a part of a hybrid search', async () => {
      const { results } = ok(
        await sdk.client.search({
          collection_name,
          limit: 10,
          data: [
            { data: 'quince', anns_field: 'sparse', limit: 10 },
            { data: vectorOf(3, DIM), anns_field: 'vector', limit: 10 },
          ],
          rerank: { strategy: 'rrf', params: { k: 60 } },
        } as never),
      );
      const ids = (results as unknown as Hit[]).map(({ id }) => id);
      expect(ids).toContain('3');
      expect(ids.some((id) => textOf(Number(id)).includes('quince'))).toBe(true);
    });
  });

  feature('text_match and phrase_match', () => {
    // With BM25 of the same text, and without.
    test.each([true, false])('filters of searches and queries by words (BM25: %s)', async (withBm25) => {
      const collection_name = withBm25
        ? await createTexts(sdk, 'match_bm25', { enable_match: true })
        : sdk.name('match_plain');
      if (!withBm25) {
        ok(
          await sdk.client.createCollection({
            collection_name,
            consistency_level: 'Strong' as never,
            fields: [
              keyField,
              { name: 'text', data_type: DataType.VarChar, max_length: 500, enable_analyzer: true, enable_match: true },
              vectorField(DIM),
            ],
            index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
          } as never),
        );
        await load(sdk, collection_name);
      }
      const data = rowsOf(0, 300).map(({ parity, ...row }) => (withBm25 ? { ...row, parity } : row));
      ok(await sdk.client.insert({ collection_name, data: data.slice(0, 200) as never }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: data.slice(200) as never }));
      const idsOf = async (filter: string) => {
        const answer = ok(await sdk.client.query({ collection_name, filter, output_fields: ['id'], limit: 1000 }));
        return answer.data.map(({ id }) => Number(id)).sort((left, right) => left - right);
      };
      const passing = (test: (words: string[]) => boolean) =>
        texts(0, 300).flatMap((text, id) => (test(wordsOf(text)) ? [id] : []));
      const has = (words: string[], ...wanted: string[]) => wanted.filter((word) => words.includes(word)).length;
      expect(await idsOf("TEXT_MATCH(text, 'Quince papaya')")).toEqual(passing((w) => has(w, 'quince', 'papaya') > 0));
      expect(await idsOf("text_match(text, 'apple banana cherry', minimum_should_match=2)")).toEqual(
        passing((w) => has(w, 'apple', 'banana', 'cherry') >= 2),
      );
      expect(await idsOf("not text_match(text, 'apple') and id < 50")).toEqual(
        passing((w) => has(w, 'apple') === 0).filter((id) => id < 50),
      );
      expect(await idsOf("phrase_match(text, 'banana apple')")).toEqual(
        passing((w) => w.join(' ').includes('banana apple')),
      );
      const found = ok(
        await sdk.client.search({
          collection_name,
          data: vectorOf(5, DIM),
          anns_field: 'vector',
          filter: "text_match(text, 'quince')",
          limit: 1000,
        } as never),
      );
      const ids = (found.results as unknown as Hit[]).map(({ id }) => Number(id));
      expect(ids.sort((left, right) => left - right)).toEqual(passing((w) => has(w, 'quince') > 0));
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      expect(schema.fields.map(({ name }) => name)).not.toContain('$terms(text)');
      expect(schema.functions ?? []).toHaveLength(withBm25 ? 1 : 0);
    });
  });

  feature('RunAnalyzer', () => {
    const tokensOf = async (request: object) => {
      const { results } = ok(await sdk.client.runAnalyzer(request as never));
      return results.map(({ tokens }) => tokens.map(({ token }) => token));
    };

    test('the tokens of an analyzer that is described', async () => {
      const text = ['Running dogs, in the snow', ''];
      expect(await tokensOf({ text, analyzer_params: { type: 'english' } })).toEqual([['run', 'dog', 'snow'], []]);
      expect(await tokensOf({ text: '中国科学院', analyzer_params: { type: 'chinese' } })).toEqual([
        ['中国', '科学', '学院', '科学院', '中国科学院'],
      ]);
    });

    test('where they stand, and their ids', async () => {
      const request = { text: 'Käse in Bern', analyzer_params: {}, with_detail: true, with_hash: true };
      const { results } = ok(await sdk.client.runAnalyzer(request as never));
      expect(results[0]!.tokens[2]).toMatchObject({
        token: 'bern',
        start_offset: '9',
        end_offset: '13',
        position: '2',
        position_length: '1',
        hash: 1_232_387_700,
      });
    });

    // SDK 2.5 cannot name a field.
    if (sdk.since('2.6')) {
      test('the analyzer of a field; what is wrong is said', async () => {
        const collection_name = await createTexts(sdk, 'analysed', { analyzer_params: { type: 'english' } });
        expect(await tokensOf({ text: 'red cars', collection_name, field_name: 'text' })).toEqual([['red', 'car']]);
        const wrong = await sdk.client.runAnalyzer({ text: 'x', analyzer_params: { tokenizer: 'none' } } as never);
        failsWith(wrong, 1100, /unsupported tokenizer: none/);
        const other = { text: 'x', collection_name, field_name: 'sparse' };
        failsWith(await sdk.client.runAnalyzer(other as never), 1100, /does not enable analyzer/);
      });
    }

    refuses('tokenizers with dictionaries of their own (lindera)', () =>
      sdk.client.runAnalyzer({ text: 'x', analyzer_params: { tokenizer: { type: 'lindera' } } } as never),
    );
  });

  feature('Rows replaced and deleted under BM25', () => {
    test('an upsert brings its new words, a delete takes the row away', async () => {
      const collection_name = await createTexts(sdk, 'changing');
      const find = async (data: string) => {
        const { results } = ok(
          await sdk.client.search({ collection_name, data, anns_field: 'sparse', limit: 5 } as never),
        );
        return (results as unknown as Hit[]).map(({ id }) => id);
      };
      const row = (text: string) => ({ id: 1, text, vector: vectorOf(1, DIM), parity: 1 });
      ok(await sdk.client.insert({ collection_name, data: [row('red car')] }));
      expect(await find('red')).toEqual(['1']);
      ok(await sdk.client.upsert({ collection_name, data: [row('blue car')] }));
      expect([await find('red'), await find('blue')]).toEqual([[], ['1']]);
      ok(await sdk.client.delete({ collection_name, ids: [1] } as never));
      expect(await find('blue')).toEqual([]);
    });
  });

  if (sdk.since('2.6')) {
    feature('Highlighter', () => {
      let collection_name: string;

      beforeAll(async () => {
        collection_name = await createTexts(sdk, 'highlighted');
        const text = `${'A red car. '.repeat(3)}${'And '.repeat(30)}then a red bicycle, and a blue car.`;
        const rows = [text, 'nothing but blue'].map((content, id) => {
          return { id, text: content, vector: vectorOf(id, DIM), parity: id };
        });
        ok(await sdk.client.insert({ collection_name, data: rows }));
      }, SETUP_MS);

      const search = (highlighter: object, more: object = {}) =>
        sdk.client.search({
          ...{ collection_name, data: ['red bicycle'], anns_field: 'sparse', limit: 5 },
          highlighter: { type: 0, ...highlighter },
          ...more,
        } as never);

      const highlightsOf = async (highlighter: object, more: object = {}) => {
        const { results } = ok(await search(highlighter, more));
        const hits = (Array.isArray(results[0]) ? results[0] : results) as unknown as {
          id: string;
          text?: string;
          highlight: { text: { fragments: string[] } };
        }[];
        return hits.map(({ highlight, text }) => ({ text, fragments: highlight.text.fragments }));
      };

      test('the words that were searched for, in fragments', async () => {
        expect(
          await highlightsOf({ highlight_search_text: true, fragment_size: 40 }, { output_fields: ['id'] }),
        ).toEqual([
          {
            text: undefined,
            fragments: [
              '<em>red</em> car. A <em>red</em> car. A <em>red</em> car. And And A',
              '<em>red</em> <em>bicycle</em>, and a blue car.',
            ],
          },
        ]);
      });

      test('own words, tags and context; the text field need not be asked for', async () => {
        const highlighter = {
          ...{
            pre_tags: ['[', '('],
            post_tags: [']', ')'],
            fragment_offset: 7,
            fragment_size: 20,
            num_of_fragments: 1,
          },
          highlight_query: [{ type: 'TextMatch', field: 'text', text: 'blue car' }],
        };
        const byVector = { data: vectorOf(1, DIM), anns_field: 'vector', output_fields: ['text'] };
        const found = await highlightsOf(highlighter, byVector);
        expect(found[0]).toEqual({ text: 'nothing but blue', fragments: ['ng but [blue]'] });
        expect(found[1]!.fragments).toEqual(['A red [car]. A red (car)']);
      });

      test('what is wrong is said', async () => {
        failsWith(await search({ fragment_size: 0 }), 1100, /invalid fragment_size: 0/);
        const other = { type: 'TextMatch', field: 'nope', text: 'x' };
        failsWith(await search({ highlight_query: [other] }), 1100, /highlight field not found in schema: nope/);
        const byVector = { data: [vectorOf(1, DIM)], anns_field: 'vector' };
        failsWith(await search({ highlight_search_text: true }, byVector), 1100, /BM25/);
      });

      refuses('highlighting by a model', () => search({ type: 1, queries: ['x'], input_fields: ['text'] }));
    });
  }

  feature('Sparse vector search', () => {
    test('inner products, exactly, with filter and range', async () => {
      const collection_name = sdk.name('sparse_ip');
      ok(
        await sdk.client.createCollection({
          collection_name,
          consistency_level: 'Strong' as never,
          fields: [keyField, { name: 'vector', data_type: DataType.SparseFloatVector }],
          index_params: [{ field_name: 'vector', index_type: 'SPARSE_WAND', metric_type: 'IP' }],
        } as never),
      );
      await load(sdk, collection_name);
      const vector = (i: number): Record<string, number> => {
        const random = randomOf(i * 31 + 5);
        return Object.fromEntries(
          Array.from({ length: 5 }, () => [Math.floor(random() * 40), Math.fround(random() + 0.1)]),
        );
      };
      const rows = Array.from({ length: 300 }, (_, id) => ({ id, vector: vector(id) }));
      ok(await sdk.client.insert({ collection_name, data: rows.slice(0, 200) as never }));
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.insert({ collection_name, data: rows.slice(200) as never }));
      const query = vector(1_000);
      const scores = new Map(
        rows.map(({ id, vector: row }) => {
          return [id, Object.entries(query).reduce((sum, [term, value]) => sum + value * (row[term] ?? 0), 0)];
        }),
      );
      const search = async (more: object, limit = 20) => {
        const request = { collection_name, data: [query], anns_field: 'vector', limit, ...more };
        const { results } = ok(await sdk.client.search(request as never));
        return (Array.isArray(results[0]) ? results[0] : results) as unknown as Hit[];
      };
      const passing = (test: (id: number, score: number) => boolean) =>
        new Map([...scores].filter(([id, score]) => score > 0 && test(id, score)));
      expectBest(
        await search({}),
        passing(() => true),
        20,
      );
      expectBest(
        await search({ filter: 'id % 3 == 0' }),
        passing((id) => id % 3 === 0),
        20,
      );
      const range = { params: { radius: 0.3, range_filter: 0.8 } };
      expectBest(
        await search(range, 200),
        passing((_, score) => score > 0.3 && score <= 0.8),
        200,
      );
      expect((await search({ params: { drop_ratio_search: 0.5 } })).length).toBeGreaterThan(0);
    });
  });
});

httpChapter('Full-text search', (rest) => {
  feature('BM25', () => {
    test('a collection made, filled and searched over REST', async () => {
      const collectionName = uniqueName('rest_texts');
      const schema = {
        fields: [
          { fieldName: 'id', dataType: 'Int64', isPrimary: true },
          { fieldName: 'text', dataType: 'VarChar', elementTypeParams: { max_length: 500, enable_analyzer: true } },
          { fieldName: 'sparse', dataType: 'SparseFloatVector' },
        ],
        functions: [
          { name: 'words', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'], params: {} },
        ],
      };
      const indexParams = [{ fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', indexType: 'AUTOINDEX' }];
      const params = { consistencyLevel: 'Strong' };
      okData(await rest.post('collections/create', { collectionName, schema, indexParams, params }));
      const data = texts(0, 50).map((text, id) => ({ id, text }));
      okData(await rest.post('entities/insert', { collectionName, data }));
      const { functions } = okData(await rest.post('collections/describe', { collectionName })) as {
        functions: object[];
      };
      expect(functions).toMatchObject([{ name: 'words', type: 'BM25', outputFieldNames: ['sparse'] }]);
      const body = { collectionName, data: ['lemon fig'], annsField: 'sparse', limit: 5, outputFields: ['text'] };
      const hits = okData(await rest.post('entities/search', body)) as { id: number; distance: number }[];
      expectBest(
        hits.map(({ id, distance }) => ({ id: String(id), score: distance })),
        bm25(texts(0, 50), 'lemon fig', 1.2, 0.75),
        5,
      );
      const vectors = await rest.post('entities/search', { ...body, data: [{ 1: 0.5 }] });
      expect(vectors).toMatchObject({ code: 1100, message: expect.stringMatching(/please provide varchar\/text/) });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });

  feature('Highlighter', () => {
    const rows = ['a red car', 'a blue car', 'nothing'].map((text, id) => ({ id, text, vector: [id, 0] }));
    const collectionName = uniqueName('rest_highlights');
    const highlighter = { type: 'Lexical', params: { pre_tags: ['['], post_tags: [']'], highlight_search_text: true } };

    beforeAll(async () => {
      const fields = [
        { fieldName: 'id', dataType: 'Int64', isPrimary: true },
        { fieldName: 'text', dataType: 'VarChar', elementTypeParams: { max_length: 500, enable_analyzer: true } },
        { fieldName: 'sparse', dataType: 'SparseFloatVector' },
        { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 2 } },
      ];
      const bm25 = { name: 'words', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'], params: {} };
      const indexParams = [
        { fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', indexType: 'AUTOINDEX' },
        { fieldName: 'vector', indexName: 'vector', metricType: 'L2', indexType: 'FLAT' },
      ];
      const schema = { fields, functions: [bm25] };
      const params = { consistencyLevel: 'Strong' };
      okData(await rest.post('collections/create', { collectionName, schema, indexParams, params }));
      okData(await rest.post('entities/insert', { collectionName, data: rows }));
    }, SETUP_MS);

    afterAll(() => rest.post('collections/drop', { collectionName }));

    test('the words that were searched for, beside each hit', async () => {
      const body = { collectionName, data: ['red car', 'blue'], annsField: 'sparse', limit: 5, highlighter };
      const hits = okData(await rest.post('entities/search', body)) as object[];
      expect(hits.map((hit) => ({ ...hit, distance: 0 }))).toEqual([
        { id: 0, distance: 0, highlight: { text: { fragments: ['[red] [car]'] } } },
        { id: 1, distance: 0, highlight: { text: { fragments: ['[car]'] } } },
        { id: 1, distance: 0, highlight: { text: { fragments: ['[blue] car'] } } },
      ]);
      const wrong = await rest.post('entities/search', { ...body, highlighter: { fragment_size: 0 } });
      expect(wrong).toMatchObject({ code: 1100, message: expect.stringMatching(/invalid fragment_size: 0/) });
    });

    test('in a hybrid search: the words of its text searches, whichever search found the hit', async () => {
      const search = [
        { data: ['blue'], annsField: 'sparse', limit: 3 },
        { data: [[2, 0]], annsField: 'vector', limit: 3 },
      ];
      const body = { collectionName, search, rerank: { strategy: 'rrf', params: { k: 60 } }, limit: 3, highlighter };
      const hits = okData(await rest.post('entities/hybrid_search', body)) as { id: number; highlight: object }[];
      expect(Object.fromEntries(hits.map(({ id, highlight }) => [id, highlight]))).toEqual({
        0: { text: { fragments: [] } },
        1: { text: { fragments: ['[blue] car'] } },
        2: { text: { fragments: [] } },
      });
      expect(Object.keys(hits[0]!)).not.toContain('text');
      const byVectors = await rest.post('entities/hybrid_search', { ...body, search: search.slice(1) });
      expect(byVectors).toMatchObject({ code: 1100, message: expect.stringMatching(/BM25/) });
      const other = { ...search[1], highlighter: { pre_tags: ['<'] } };
      const differing = await rest.post('entities/hybrid_search', { ...body, search: [search[0], other] });
      expect(differing).toMatchObject({ code: 1100, message: expect.stringMatching(/same tags and fragments/) });
    });
  });

  feature('Several analyzers of one field', () => {
    test('rows are analysed as another field says, queries as a parameter says', async () => {
      const collectionName = uniqueName('rest_languages');
      const analyzers = { english: { type: 'english' }, chinese: { type: 'chinese' }, default: { tokenizer: 'icu' } };
      const multi_analyzer_params = { analyzers, by_field: 'language', alias: { cn: 'chinese' } };
      const schema = {
        fields: [
          { fieldName: 'id', dataType: 'Int64', isPrimary: true },
          { fieldName: 'language', dataType: 'VarChar', elementTypeParams: { max_length: 10 } },
          {
            ...{ fieldName: 'text', dataType: 'VarChar' },
            elementTypeParams: { max_length: 100, enable_analyzer: true, multi_analyzer_params },
          },
          { fieldName: 'sparse', dataType: 'SparseFloatVector' },
        ],
        functions: [{ name: 'words', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'] }],
      };
      const indexParams = [{ fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', indexType: 'AUTOINDEX' }];
      const params = { consistencyLevel: 'Strong' };
      okData(await rest.post('collections/create', { collectionName, schema, indexParams, params }));
      const data = [
        { id: 1, language: 'english', text: 'running dogs' },
        { id: 2, language: 'cn', text: '中国科学院' },
        { id: 3, language: 'other', text: 'running dogs' },
      ];
      okData(await rest.post('entities/insert', { collectionName, data }));
      const idsOf = async (text: string, analyzer_name: string) => {
        const body = { collectionName, data: [text], annsField: 'sparse', limit: 5, searchParams: { analyzer_name } };
        return (okData(await rest.post('entities/search', body)) as { id: number }[]).map(({ id }) => id);
      };
      expect(await idsOf('run', 'english')).toEqual([1]);
      expect(await idsOf('科学院', 'cn')).toEqual([2]);
      expect(await idsOf('running', 'default')).toEqual([3]);
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });

  feature('RunAnalyzer', () => {
    test('tokens with their places', async () => {
      const body = { text: ['Red cars'], analyzerParams: '{"type": "english"}', withDetail: true };
      expect(okData(await rest.post('common/run_analyzer', body))).toEqual([
        {
          tokens: [
            { token: 'red', startOffset: 0, endOffset: 3, position: 0, positionLength: 1 },
            { token: 'car', startOffset: 4, endOffset: 8, position: 1, positionLength: 1 },
          ],
        },
      ]);
    });
  });
});
