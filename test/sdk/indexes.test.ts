import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, exactHits, keyField, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 8;
const fields: FieldType[] = [
  keyField,
  vectorField(DIM),
  { name: 'title', data_type: DataType.VarChar, max_length: 64 },
  { name: 'year', data_type: DataType.Int32 },
  { name: 'doc', data_type: DataType.JSON },
];
const rows = rowsOf(300, DIM, (i) => ({ title: `film ${i}`, year: 1950 + (i % 70), doc: { stars: i % 6 } }));
const TYPES: readonly [type: string, params: object, search: Record<string, number>][] = [
  ['FLAT', {}, {}],
  ['AUTOINDEX', {}, {}],
  ['HNSW', { M: 16, efConstruction: 200 }, { ef: 200 }],
];

chapter('Indexes', (sdk) => {
  const created = async (base: string) => {
    const collection_name = sdk.name(base);
    ok(await sdk.client.createCollection({ collection_name, fields }));
    return collection_name;
  };
  const paramsOf = (description: { params: { key: string; value: unknown }[] }) =>
    Object.fromEntries(description.params.map(({ key, value }) => [key, value]));

  feature('create, describe, drop', () => {
    let collection_name: string;
    beforeAll(async () => {
      collection_name = await created('described');
    });
    const hnsw = {
      field_name: 'vector',
      index_name: 'by_vector',
      index_type: 'HNSW',
      metric_type: 'COSINE',
      params: { M: 8, efConstruction: 64 },
    };

    test('none yet', async () => {
      const { status } = await sdk.client.describeIndex({ collection_name });
      expect(status).toMatchObject({ code: 700, error_code: 'IndexNotExist' });
    });

    test('described as it was created, and finished', async () => {
      ok(await sdk.client.createIndex({ collection_name, ...hnsw }));
      const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name, field_name: 'vector' }));
      expect(index_descriptions).toHaveLength(1);
      expect(index_descriptions[0]).toMatchObject({
        index_name: 'by_vector',
        field_name: 'vector',
        state: 'Finished',
        pending_index_rows: '0',
      });
      expect(paramsOf(index_descriptions[0]!)).toMatchObject({ index_type: 'HNSW', metric_type: 'COSINE' });
    });

    test('again the same is no error, another on the same field is', async () => {
      ok(await sdk.client.createIndex({ collection_name, ...hnsw }));
      const other = { collection_name, ...hnsw, index_type: 'FLAT', params: {} };
      failsWith(await sdk.client.createIndex(other), 702, /at most one distinct index is allowed per field/);
      const named = await sdk.client.createIndex({ ...other, index_name: 'other' });
      failsWith(named, 702, /multiple indexes on same field/);
    });

    test('a field that is not there', async () => {
      const answer = await sdk.client.createIndex({ collection_name, ...hnsw, field_name: 'nobody' });
      failsWith(answer, 1100, /non-exist|not exist/);
    });

    test('states as older clients ask for them', async () => {
      const named = { collection_name, index_name: 'by_vector', field_name: 'vector' };
      expect(ok(await sdk.client.getIndexState(named)).state).toBe('Finished');
      ok(await sdk.client.getIndexBuildProgress(named));
      if (sdk.since('2.6')) ok(await sdk.client.getIndexStatistics(named));
    });

    test('dropped by its name', async () => {
      ok(await sdk.client.dropIndex({ collection_name, index_name: 'by_vector' } as never));
      const { status } = await sdk.client.describeIndex({ collection_name, index_name: 'by_vector' });
      expect(status).toMatchObject({ code: 700, error_code: 'IndexNotExist' });
    });
  });

  feature('without a name and without parameters', () => {
    test('is named after its field and AUTOINDEX', async () => {
      const collection_name = await created('plain');
      ok(await sdk.client.createIndex({ collection_name, field_name: 'vector' } as never));
      const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name }));
      expect(index_descriptions[0]).toMatchObject({ index_name: 'vector' });
      expect(paramsOf(index_descriptions[0]!)).toMatchObject({ index_type: 'AUTOINDEX' });
    });
  });

  feature('types of vector indexes', () => {
    test.each(TYPES)('%s finds what exact search finds, growing and sealed', async (index_type, params, search) => {
      const index = { index_type, metric_type: 'L2', params };
      const collection_name = await createLoaded(sdk, index_type, { fields, index, rows });
      const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name }));
      expect(paramsOf(index_descriptions[0]!)).toMatchObject({ index_type });
      for (const state of ['growing', 'sealed']) {
        if (state === 'sealed') ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        const { results } = ok(
          await sdk.client.search({
            collection_name,
            data: vectorOf(7_777, DIM),
            limit: 10,
            params: search,
            output_fields: ['id'],
          }),
        );
        const exact = exactHits(rows, vectorOf(7_777, DIM), 'L2').slice(0, 10);
        const found = new Set(results.map(({ id }) => Number(id)));
        expect(exact.filter(({ id }) => found.has(id)).length, state).toBeGreaterThanOrEqual(9);
      }
    });
  });

  feature('types of scalar indexes', () => {
    test('are created, described, and change no answer', async () => {
      const collection_name = await createLoaded(sdk, 'scalar', {
        fields,
        index: { index_type: 'FLAT', metric_type: 'L2' },
        rows,
      });
      const scalar = [
        { field_name: 'title', index_name: 'title_trie', index_type: 'Trie' },
        { field_name: 'year', index_name: 'year_sorted', index_type: 'STL_SORT' },
        {
          field_name: 'doc',
          index_name: 'doc_stars',
          index_type: 'INVERTED',
          params: { json_path: 'doc["stars"]', json_cast_type: 'double' },
        },
      ];
      for (const request of scalar) ok(await sdk.client.createIndex({ collection_name, ...request } as never));
      const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name }));
      expect(index_descriptions.map(({ index_name }) => index_name).sort()).toEqual([
        'doc_stars',
        'title_trie',
        'vector',
        'year_sorted',
      ]);
      for (const state of ['growing', 'sealed']) {
        if (state === 'sealed') ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        const { data } = ok(
          await sdk.client.query({
            collection_name,
            filter: 'year >= 1960 and year < 1970 and doc["stars"] == 3 and title like "film 1%"',
            output_fields: ['id'],
            limit: 1_000,
          }),
        );
        const wanted = rows.filter(
          ({ year, doc, title }) => year >= 1960 && year < 1970 && doc.stars === 3 && title.startsWith('film 1'),
        );
        expect(
          data.map(({ id }) => Number(id)),
          state,
        ).toEqual(wanted.map(({ id }) => id));
      }
    });
  });

  feature('properties', () => {
    test('mmap.enabled is set and taken away', async () => {
      const collection_name = await created('altered');
      ok(
        await sdk.client.createIndex({
          collection_name,
          field_name: 'vector',
          index_name: 'v',
          index_type: 'HNSW',
          metric_type: 'L2',
        }),
      );
      const described = async () =>
        paramsOf(ok(await sdk.client.describeIndex({ collection_name })).index_descriptions[0]!);
      ok(
        await sdk.client.alterIndexProperties({
          collection_name,
          index_name: 'v',
          params: { 'mmap.enabled': true },
        } as never),
      );
      expect(await described()).toMatchObject({ 'mmap.enabled': 'true' });
      ok(
        await sdk.client.dropIndexProperties({
          collection_name,
          index_name: 'v',
          properties: ['mmap.enabled'],
        } as never),
      );
      expect(await described()).not.toHaveProperty('mmap.enabled');
    });
  });

  feature('limits', () => {
    test('a vector index of a loaded collection stays', async () => {
      const collection_name = await createLoaded(sdk, 'stays', {
        fields,
        index: { index_type: 'FLAT', metric_type: 'L2' },
      });
      const answer = await sdk.client.dropIndex({ collection_name, index_name: 'vector' } as never);
      expect(answer.error_code).not.toBe('Success');
      expect(answer.reason).toMatch(/vector index cannot be dropped on loaded collection/);
    });

    test('a metric that does not fit the field', async () => {
      const collection_name = await created('hamming');
      const answer = await sdk.client.createIndex({
        collection_name,
        field_name: 'vector',
        index_type: 'FLAT',
        metric_type: 'HAMMING',
      });
      failsWith(answer, 1100, /metric/);
    });
  });
});
