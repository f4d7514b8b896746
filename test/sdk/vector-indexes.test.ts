import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, type Sdk } from './support/chapter.ts';
import { exactHits, keyField, load, type Metric, vectorOf } from './support/rows.ts';

const DIM = 16;
const ROWS = 600;
const QUERIES = [7_777, 8_888, 9_999].map((i) => vectorOf(i, DIM));
const rows = Array.from({ length: ROWS }, (_, i) => ({ id: i, vector: vectorOf(i, DIM), group: i % 10 }));

interface Case {
  readonly index_type: string;
  readonly metric_type: Metric;
  readonly params: object;
  readonly search: Record<string, number>;
}

function of(index_type: string, metric_type: Metric, params: object, search: Record<string, number>): Case {
  return { index_type, metric_type, params, search };
}

/** One field each: a collection has at most four vector fields. */
const COLLECTIONS: readonly (readonly Case[])[] = [
  [
    of('IVF_FLAT', 'L2', { nlist: 16 }, { nprobe: 12 }),
    of('IVF_SQ8', 'COSINE', { nlist: 16 }, { nprobe: 12 }),
    of('SCANN', 'IP', { nlist: 16, with_raw_data: true }, { nprobe: 12, reorder_k: 40 }),
    of('DISKANN', 'L2', {}, { search_list: 60 }),
  ],
  [
    of('HNSW_SQ', 'COSINE', { M: 16, efConstruction: 100, sq_type: 'SQ8', refine: true }, { ef: 60, refine_k: 3 }),
    of('HNSW_SQ', 'L2', { sq_type: 'FP16' }, {}),
    of('HNSW_PQ', 'IP', { m: 8, nbits: 8 }, { ef: 60 }),
    of('HNSW_PRQ', 'L2', { m: 8, nrq: 2 }, { ef: 60 }),
  ],
  [
    of('IVF_PQ', 'L2', { nlist: 16, m: 8 }, { nprobe: 12 }),
    of('IVF_RABITQ', 'COSINE', { nlist: 16 }, { nprobe: 12 }),
    of('GPU_CAGRA', 'L2', {}, {}),
    of('GPU_IVF_FLAT', 'IP', { nlist: 16 }, { nprobe: 12 }),
  ],
];

async function filled(sdk: Sdk, base: string, cases: readonly Case[]): Promise<string> {
  const collection_name = sdk.name(base);
  const vectors = cases.map((_, i): FieldType => ({ name: `v${i}`, data_type: DataType.FloatVector, dim: DIM }));
  const group: FieldType = { name: 'group', data_type: DataType.Int8 };
  const fields = [keyField, ...vectors, group];
  const index_params = cases.map(({ search: _, ...index }, i) => ({ field_name: `v${i}`, ...index }));
  ok(
    await sdk.client.createCollection({ collection_name, fields, consistency_level: 'Strong', index_params } as never),
  );
  await load(sdk, collection_name);
  const data = rows.map((row) => ({
    id: row.id,
    group: row.group,
    ...Object.fromEntries(vectors.map(({ name }) => [name, row.vector])),
  }));
  ok(await sdk.client.insert({ collection_name, data }));
  return collection_name;
}

async function expectGoodHits(sdk: Sdk, collection_name: string, i: number, { metric_type, search }: Case) {
  for (const expr of ['', 'group == 3']) {
    const allowed = expr === '' ? rows : rows.filter(({ group }) => group === 3);
    let found = 0;
    for (const data of QUERIES) {
      const request = { collection_name, anns_field: `v${i}`, data, limit: 10, params: search, filter: expr };
      const { results } = ok(await sdk.client.search(request));
      const exact = exactHits(allowed, data, metric_type);
      const best = new Set(exact.slice(0, 10).map(({ id }) => id));
      found += results.filter(({ id }) => best.has(Number(id))).length;
      for (const { id, score } of results) {
        expect(score).toBeCloseTo(exact.find((hit) => hit.id === Number(id))!.score, 3);
      }
    }
    expect(found / (QUERIES.length * 10), expr).toBeGreaterThanOrEqual(0.9);
  }
}

chapter('Indexes', (sdk) => {
  feature('quantised and inverted vector indexes', () => {
    test.each(COLLECTIONS.map((cases) => [cases.map(({ index_type }) => index_type).join(', '), cases] as const))(
      '%s find what exact search finds, with its scores, growing and sealed',
      async (_, cases) => {
        const collection_name = await filled(sdk, 'types', cases);
        for (const [i, one] of cases.entries()) await expectGoodHits(sdk, collection_name, i, one);
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        for (const [i, one] of cases.entries()) await expectGoodHits(sdk, collection_name, i, one);
      },
    );

    test('BIN_IVF_FLAT by HAMMING and JACCARD', async () => {
      for (const metric_type of ['HAMMING', 'JACCARD']) {
        const collection_name = sdk.name('bits');
        const vector: FieldType = { name: 'vector', data_type: DataType.BinaryVector, dim: 64 };
        const index_params = [{ field_name: 'vector', index_type: 'BIN_IVF_FLAT', metric_type, params: { nlist: 8 } }];
        const data = Array.from({ length: 400 }, (_, id) => ({
          id,
          vector: vectorOf(id, 8).map((value) => Math.floor((value + 1) * 128)),
        }));
        const request = { collection_name, fields: [keyField, vector], consistency_level: 'Strong', index_params };
        ok(await sdk.client.createCollection(request as never));
        await load(sdk, collection_name);
        ok(await sdk.client.insert({ collection_name, data }));
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        const query = { collection_name, data: data[123]!.vector, limit: 3, params: { nprobe: 8 } };
        const { results } = ok(await sdk.client.search(query as never)) as { results: { id: string; score: number }[] };
        expect(Number(results[0]!.id)).toBe(123);
        expect(results[0]!.score).toBe(0);
        expect(results).toHaveLength(3);
      }
    });
  });

  feature('parameters of vector indexes', () => {
    test('out of range when an index is created', async () => {
      const collection_name = sdk.name('ranges');
      const vector: FieldType = { name: 'vector', data_type: DataType.FloatVector, dim: DIM };
      ok(await sdk.client.createCollection({ collection_name, fields: [keyField, vector] }));
      for (const [index_type, params, reason] of [
        ['HNSW', { M: 2049 }, /param 'M' \(2049\) should be in range \[2, 2048\]/],
        ['IVF_FLAT', { nlist: 0 }, /param 'nlist' \(0\) should be in range \[1, 65536\]/],
        ['HNSW_SQ', { sq_type: 'SQ99' }, /invalid scalar quantizer type/],
        ['IVF_PQ', { nlist: 16, m: 7 }, /should be a multiple of the number of subquantizers \(m\)/],
        ['BIN_FLAT', {}, /invalid index type: BIN_FLAT/],
        ['TREE', {}, /invalid index type: TREE/],
      ] as const) {
        const request = { collection_name, field_name: 'vector', index_type, metric_type: 'L2', params };
        failsWith(await sdk.client.createIndex(request as never), 1100, reason);
      }
    });

    test('too small for the hits that a search wants', async () => {
      const cases = [of('HNSW', 'L2', { M: 8 }, {}), of('SCANN', 'L2', { nlist: 4 }, {}), of('DISKANN', 'L2', {}, {})];
      const collection_name = await filled(sdk, 'breadths', cases);
      const search = (field: string, params: object) =>
        sdk.client.search({ collection_name, anns_field: field, data: QUERIES[0]!, limit: 10, params } as never);
      failsWith(await search('v0', { ef: 9 }), 1100, /ef\(9\) should be larger than k\(10\)/);
      failsWith(await search('v1', { reorder_k: 9 }), 1100, /reorder_k\(9\) should be larger than k\(10\)/);
      failsWith(await search('v2', { search_list: 9 }), 1100, /search_list_size\(9\) should be larger than k\(10\)/);
      failsWith(await search('v1', { nprobe: 65_537 }), 1100, /param 'nprobe' \(65537\) should be in range/);
      ok(await search('v0', { ef: 10 }));
    });
  });

  feature('mmap.enabled', () => {
    test('of an index loads its vectors or maps them, and changes no answer', async () => {
      const cases = [
        of('IVF_SQ8', 'L2', { nlist: 16, 'mmap.enabled': false }, { nprobe: 16 }),
        of('HNSW', 'COSINE', { 'mmap.enabled': true }, { ef: 100 }),
      ];
      const collection_name = await filled(sdk, 'mapped', cases);
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      for (const [i, one] of cases.entries()) await expectGoodHits(sdk, collection_name, i, one);
    });
  });
});
