import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { keyField, type Metric, scoreOf, vectorField, vectorOf } from './support/rows.ts';

const TEST_MS = 60_000;
const DIM = 8;
const ROWS = 120;

interface Row {
  readonly id: number;
  readonly vector: number[];
  readonly parity: number;
  readonly items: { readonly page: number; readonly label: string; readonly embedding: number[] }[];
}

function rowOf(id: number): Row {
  const items = Array.from({ length: 1 + (id % 4) }, (_, i) => {
    return { page: (id + i) % 10, label: `l${i}`, embedding: vectorOf(id * 10 + i, DIM) };
  });
  return { id, vector: vectorOf(id, DIM), parity: id % 2, items };
}

const rows = Array.from({ length: ROWS }, (_, id) => rowOf(id));

type Choose = (row: Row, item: Row['items'][number]) => boolean;

/** Every element by itself, nearest first. */
function expectedElements(metric: Metric, query: readonly number[], choose: Choose = () => true) {
  const all = rows.flatMap((row) =>
    row.items.flatMap((item, offset) =>
      choose(row, item)
        ? [{ id: String(row.id), offset: String(offset), score: scoreOf(metric, query, item.embedding) }]
        : [],
    ),
  );
  return all.sort((a, b) => (metric === 'L2' ? a.score - b.score : b.score - a.score));
}

async function createItems(sdk: Sdk, metric_type: string): Promise<string> {
  const collection_name = sdk.name('elements');
  const items = {
    name: 'items',
    data_type: DataType.Array,
    element_type: DataType.Struct,
    max_capacity: 8,
    fields: [
      { name: 'page', data_type: DataType.Int32 },
      { name: 'label', data_type: DataType.VarChar, max_length: 32 },
      { name: 'embedding', data_type: DataType.FloatVector, dim: DIM },
    ],
  };
  const fields = [keyField, vectorField(DIM), { name: 'parity', data_type: DataType.Int8 }, items];
  ok(await sdk.client.createCollection({ collection_name, fields, consistency_level: 'Strong' } as never));
  const index = (field_name: string, metric: string) =>
    sdk.client.createIndex({ collection_name, field_name, index_type: 'HNSW', metric_type: metric } as never);
  ok(await index('vector', 'L2'));
  ok(await index('items[embedding]', metric_type));
  ok(await sdk.client.loadCollectionSync({ collection_name }));
  ok(await sdk.client.insert({ collection_name, data: rows.slice(0, 70) as never }));
  ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
  ok(await sdk.client.insert({ collection_name, data: rows.slice(70) as never }));
  return collection_name;
}

chapter('Field types', { since: '3.0' }, (sdk) => {
  feature('Search of the elements of structs', () => {
    test.each(['COSINE', 'L2', 'IP'] as const)(
      '%s: every element is a hit of its own',
      { timeout: TEST_MS },
      async (metric) => {
        const collection_name = await createItems(sdk, metric);
        const query = vectorOf(507, DIM);
        const search = async (more: object = {}) => {
          const found = await sdk.client.search({
            ...{ collection_name, anns_field: 'items[embedding]', data: query, limit: 20 },
            ...{ output_fields: ['id', 'parity', 'items'], ...more },
          } as never);
          return ok(found).results as unknown as { id: string; offset: string; score: number; items: Row['items'] }[];
        };
        const expectBest = (hits: Awaited<ReturnType<typeof search>>, best: ReturnType<typeof expectedElements>) => {
          expect(hits.map(({ id, offset }) => `${id}/${offset}`)).toEqual(
            best.map(({ id, offset }) => `${id}/${offset}`),
          );
          for (const [i, { score }] of hits.entries()) expect(score).toBeCloseTo(best[i]!.score, 3);
        };
        const hits = await search();
        expectBest(hits, expectedElements(metric, query).slice(0, 20));
        expect(hits[0]!.items[Number(hits[0]!.offset)]!.label).toBe(`l${hits[0]!.offset}`);
        expectBest(await search({ offset: 5, limit: 5 }), expectedElements(metric, query).slice(5, 10));
        const odd: Choose = ({ parity }) => parity === 1;
        expectBest(await search({ filter: 'parity == 1' }), expectedElements(metric, query, odd).slice(0, 20));
        const pages: Choose = ({ parity }, { page, label }) => parity === 1 && page > 6 && label !== 'l0';
        const filter = 'parity == 1 && element_filter(items, $[page] > 6 && $[label] != "l0")';
        // Few: rows whose other elements are nearer must not take the places of those that count.
        for (const limit of [1, 3, 20]) {
          const best = expectedElements(metric, query, pages).slice(0, limit);
          expectBest(await search({ filter, limit }), best);
        }
      },
    );

    test('what cannot be asked of elements is refused', { timeout: TEST_MS }, async () => {
      const collection_name = await createItems(sdk, 'L2');
      const search = (more: object) =>
        sdk.client.search({
          ...{ collection_name, anns_field: 'items[embedding]', data: vectorOf(1, DIM), limit: 5 },
          ...more,
        } as never);
      failsWith(await search({ filter: 'parity == 1 || element_filter(items, $[page] > 6)' }), 1100, /outermost/);
      failsWith(await search({ group_by_field: 'parity' }), 3000, /grouping/);
      failsWith(await search({ data: [1, 2] }), 1100, /dimension mismatch/);
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('Search of the elements of structs', () => {
    test('hits have the offset of their element', async () => {
      const collectionName = uniqueName('http_elements');
      const embedding = { fieldName: 'embedding', dataType: 'ArrayOfVector', elementDataType: 'FloatVector' };
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [{ fieldName: 'id', dataType: 'Int64', isPrimary: true }],
            structFields: [
              { fieldName: 'items', fields: [{ ...embedding, elementTypeParams: { dim: DIM, max_capacity: 8 } }] },
            ],
          },
          indexParams: [{ fieldName: 'items[embedding]', indexName: 'single', metricType: 'COSINE' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const data = rows.map(({ id, items }) => ({ id, items: items.map((item) => ({ embedding: item.embedding })) }));
      okData(await rest.post('entities/insert', { collectionName, data }));
      const query = vectorOf(33, DIM);
      const search = { collectionName, annsField: 'items[embedding]', data: [query], limit: 7 };
      const hits = okData(await rest.post('entities/search', search)) as { id: number; offset: number }[];
      expect(hits.map(({ id, offset }) => `${id}/${offset}`)).toEqual(
        expectedElements('COSINE', query)
          .slice(0, 7)
          .map(({ id, offset }) => `${id}/${offset}`),
      );
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
