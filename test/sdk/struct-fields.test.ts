import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData, throwsWith } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const SETUP_MS = 60_000;
const ROWS = 200;
const DIM = 4;

interface Item {
  readonly label: string;
  readonly page: number;
  readonly embedding: number[];
}

interface Row {
  readonly id: number;
  readonly vector: number[];
  readonly items: Item[];
}

/** Of quarters, which a float32 holds exactly. */
const embeddingOf = (id: number, i: number) =>
  Array.from({ length: DIM }, (_, d) => (((id * 7 + i * 13 + d * 29) % 33) - 16) / 4);

/** Between 1 and 4 items: the SDK 2.6 cannot send none. */
function row(id: number): Row {
  const items = Array.from({ length: 1 + (id % 4) }, (_, i) => {
    return { label: `label ${id}/${i}`, page: id * 10 + i, embedding: embeddingOf(id, i) };
  });
  return { id, vector: [id, 0], items };
}

const rows = Array.from({ length: ROWS }, (_, id) => row(id));

/** Made anew each time: an SDK writes into what it is given. */
const fieldsOf = () =>
  [
    { name: 'id', data_type: DataType.Int64, is_primary_key: true },
    { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
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

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b) || 1);

/** Best rows first: the sum over the query's vectors of the nearest of the row's. */
function bruteForce(query: readonly number[][], similarity: typeof dot): { id: string; score: number }[] {
  return rows
    .filter(({ items }) => items.length > 0)
    .map(({ id, items }) => {
      const best = query.map((wanted) => Math.max(...items.map(({ embedding }) => similarity(wanted, embedding))));
      return { id: String(id), score: best.reduce((sum, value) => sum + value, 0) };
    })
    .sort((left, right) => right.score - left.score);
}

async function createLoaded(sdk: Sdk, collection_name: string, metric_type: string): Promise<void> {
  const consistency_level = 'Strong' as never;
  ok(await sdk.client.createCollection({ collection_name, fields: fieldsOf(), consistency_level }));
  const index = (field_name: string, metric: string) => {
    return sdk.client.createIndex({ collection_name, field_name, index_type: 'HNSW', metric_type: metric } as never);
  };
  ok(await index('vector', 'L2'));
  ok(await index('items[embedding]', metric_type));
  ok(await sdk.client.loadCollectionSync({ collection_name }));
  ok(await sdk.client.insert({ collection_name, data: rows as never }));
}

chapter('Field types', { since: '2.6' }, (sdk) => {
  feature('Array of structs', () => {
    let collection_name: string;

    beforeAll(async () => {
      collection_name = sdk.name('structs');
      await createLoaded(sdk, collection_name, 'MAX_SIM_IP');
    }, SETUP_MS);

    async function expectAllRows(): Promise<void> {
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id >= 0', output_fields: ['items'] }));
      expect(data).toEqual(rows.map(({ id, items }) => ({ id: String(id), items })));
    }

    test('structs come back as they went in, from growing and from sealed segments', async () => {
      await expectAllRows();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAllRows();
    });

    test('one sub-field alone, and all fields', async () => {
      const query = (output_fields: string[]) => sdk.client.query({ collection_name, ids: [9], output_fields });
      const [one] = ok(await query(['items[page]'])).data;
      expect(one!['items']).toEqual(row(9).items.map(({ page }) => ({ page })));
      const [all] = ok(await query(['*'])).data;
      expect(all).toEqual({ ...row(9), id: '9' });
    });

    test('describe shows the sub-fields', async () => {
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      const items = schema.fields.find(({ name }) => name === 'items') as unknown as { fields: { name: string }[] };
      expect(items).toMatchObject({ data_type: 'Array', element_type: 'Struct', max_capacity: '8' });
      expect(items.fields.map(({ name }) => name)).toEqual(['label', 'page', 'embedding']);
    });

    if (sdk.since('3.0')) {
      test('a row without elements', async () => {
        ok(await sdk.client.insert({ collection_name, data: [{ id: 2000, vector: [0, 0], items: [] }] as never }));
        const { data } = ok(await sdk.client.query({ collection_name, ids: [2000], output_fields: ['items'] }));
        expect(data).toEqual([{ id: '2000', items: [] }]);
        const search = { anns_field: 'items[embedding]', data: [[embeddingOf(1, 1)]] as never, limit: 1000 };
        const found = ok(await sdk.client.search({ collection_name, ...search, output_fields: ['id'] }));
        const ids = (found.results as unknown as { id: string }[][]).flat().map(({ id }) => id);
        expect(ids).toHaveLength(ROWS);
        expect(ids).not.toContain('2000');
        ok(await sdk.client.delete({ collection_name, ids: [2000] } as never));
      });
    }

    test('upsert replaces a struct, more elements than its capacity are refused', async () => {
      const items = [{ label: 'x', page: 1, embedding: [1, 2, 3, 4] }];
      ok(await sdk.client.upsert({ collection_name, data: [{ id: 1000, vector: [0, 0], items }] as never }));
      const { data } = ok(await sdk.client.query({ collection_name, ids: [1000], output_fields: ['items'] }));
      expect(data).toEqual([{ id: '1000', items }]);
      ok(await sdk.client.delete({ collection_name, ids: [1000] } as never));
      const tooMany = [{ id: 1000, vector: [0, 0], items: Array(9).fill(items[0]) }];
      failsWith(await sdk.client.insert({ collection_name, data: tooMany as never }), 1100, /max capacity \(8\)/);
    });

    test('what a struct cannot have is refused', async () => {
      const struct = (fields: object[]) => {
        return { name: 'items', data_type: DataType.Array, element_type: DataType.Struct, max_capacity: 8, fields };
      };
      const create = (fields: object[]) =>
        sdk.client.createCollection({
          collection_name: sdk.name('bad_struct'),
          fields: [...fieldsOf().slice(0, 2), struct(fields) as unknown as FieldType],
        });
      await throwsWith(create([{ name: 'doc', data_type: DataType.JSON }]), 1100, /element type JSON is not supported/);
      await throwsWith(create([{ name: 'text', data_type: DataType.VarChar }]), 1100, /max_length/);
      const twice = { name: 'page', data_type: DataType.Int8 };
      await throwsWith(create([twice, twice]), 1100, /duplicated field name page/);
    });
  });

  feature('Search by embedding lists (MAX_SIM)', () => {
    const QUERY = [embeddingOf(3, 1), embeddingOf(11, 2), [1, 0, 0, -1]];

    test.each([
      ['MAX_SIM_IP', dot],
      ['MAX_SIM_COSINE', cosine],
      ['MAX_SIM', cosine],
    ] as const)('%s is the sum of the best similarities', { timeout: SETUP_MS }, async (metric, similarity) => {
      const collection_name = sdk.name('max_sim');
      await createLoaded(sdk, collection_name, metric);
      const expected = bruteForce(QUERY, similarity);
      const search = { collection_name, anns_field: 'items[embedding]', output_fields: ['id', 'items[label]'] };
      for (const isSealed of [false, true]) {
        if (isSealed) ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        const found = await sdk.client.search({ ...search, data: [QUERY] as never, limit: 10 });
        ok(found);
        const results = (found.results as unknown as { id: string; score: number }[][]).flat();
        expect(results.map(({ score }) => score)).toEqual(
          expected.slice(0, 10).map(({ score }) => expect.closeTo(score, 4)),
        );
        const best = new Map(expected.map(({ id, score }) => [id, score]));
        for (const { id, score } of results) expect(score).toBeCloseTo(best.get(id)!, 4);
      }
      const filtered = await sdk.client.search({ ...search, data: [QUERY] as never, limit: 5, filter: 'id % 2 == 1' });
      const odd = expected.filter(({ id }) => Number(id) % 2 === 1).slice(0, 5);
      const results = (filtered.results as unknown as { score: number }[][]).flat();
      expect(results.map(({ score }) => score)).toEqual(odd.map(({ score }) => expect.closeTo(score, 4)));
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('Array of structs', () => {
    test('structs in and out as JSON, searched by a list of vectors', async () => {
      const collectionName = uniqueName('http_structs');
      const arrayOf = (fieldName: string, elementDataType: string, elementTypeParams: object) => {
        const isVector = elementDataType.endsWith('Vector');
        return { fieldName, dataType: isVector ? 'ArrayOfVector' : 'Array', elementDataType, elementTypeParams };
      };
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [{ fieldName: 'id', dataType: 'Int64', isPrimary: true }],
            structFields: [
              {
                fieldName: 'items',
                fields: [
                  arrayOf('label', 'VarChar', { max_length: 32, max_capacity: 8 }),
                  arrayOf('embedding', 'FloatVector', { dim: DIM, max_capacity: 8 }),
                ],
              },
            ],
          },
          indexParams: [{ fieldName: 'items[embedding]', indexName: 'lists', metricType: 'MAX_SIM_IP' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const data = rows.slice(0, 20).map(({ id, items }) => {
        return { id, items: items.map(({ label, embedding }) => ({ label, embedding })) };
      });
      okData(await rest.post('entities/insert', { collectionName, data }));
      const query = { collectionName, filter: 'id >= 0', outputFields: ['items'] };
      expect(okData(await rest.post('entities/query', query))).toEqual(data);
      const wanted = [embeddingOf(3, 1), embeddingOf(11, 0)];
      const search = {
        collectionName,
        annsField: 'items[embedding]',
        data: [wanted],
        limit: 3,
        outputFields: ['items'],
      };
      const [best] = okData(await rest.post('entities/search', search));
      const [expected] = bruteForce(wanted, dot).filter(({ id }) => Number(id) < 20);
      expect(best).toMatchObject({ distance: expected!.score, items: data[best.id]!.items });
      const described = okData(await rest.post('collections/describe', { collectionName }));
      expect(described.structFields).toMatchObject([
        { name: 'items', fields: [{ name: 'label' }, { name: 'embedding' }] },
      ]);
      const uneven = { collectionName, data: [{ id: 99, items: [{ label: 'no vector' }] }] };
      expect(await rest.post('entities/insert', uneven)).toMatchObject({ code: 1804 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
