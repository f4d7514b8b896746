import { DataType, type FieldType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

const COLLECTION = 'every_type';
const ROWS = 300;
const DIM = 16;

const FIELDS: FieldType[] = [
  { name: 'id', data_type: DataType.Int64, is_primary_key: true },
  { name: 'flag', data_type: DataType.Bool },
  { name: 'tiny', data_type: DataType.Int8 },
  { name: 'small', data_type: DataType.Int16 },
  { name: 'medium', data_type: DataType.Int32 },
  { name: 'large', data_type: DataType.Int64 },
  { name: 'single', data_type: DataType.Float },
  { name: 'twofold', data_type: DataType.Double },
  { name: 'text', data_type: DataType.VarChar, max_length: 128 },
  { name: 'doc', data_type: DataType.JSON },
  { name: 'maybe', data_type: DataType.Int32, nullable: true },
  { name: 'preset', data_type: DataType.VarChar, max_length: 16, default_value: 'none' },
  { name: 'floats', data_type: DataType.FloatVector, dim: DIM },
  { name: 'halves', data_type: DataType.Float16Vector, dim: DIM },
  { name: 'bits', data_type: DataType.BinaryVector, dim: DIM },
  { name: 'bytes', data_type: DataType.Int8Vector, dim: DIM },
];

function row(i: number): Record<string, unknown> {
  const angle = (i * Math.PI) / ROWS;
  const floats = Array.from({ length: DIM }, (_, d) => Math.cos(angle * (d + 1)));
  return {
    id: i,
    flag: i % 2 === 0,
    tiny: (i % 256) - 128,
    small: i * 100 - 15_000,
    medium: i * 1_000_003,
    large: (BigInt(i) * 9_007_199_254_740_993n).toString(),
    single: i / 8,
    twofold: i / 3,
    text: `row ${i} – größe ${'✓'.repeat(i % 4)}`,
    doc: { n: i, nested: { name: `n${i % 5}` }, list: [i, i + 1], __proto: 'kept' },
    ...(i % 3 === 0 ? {} : { maybe: i }),
    ...(i % 4 === 0 ? {} : { preset: `p${i % 4}` }),
    floats,
    halves: floats,
    bits: [i % 256, (i * 7) % 256],
    bytes: floats.map((value) => Math.round(value * 100) | 0),
    color: ['red', 'green', 'blue'][i % 3],
  };
}

describe.each(DEPLOYMENTS)('$name', ({ start }) => {
  let braid: Deployment;
  let client: MilvusClient;

  beforeAll(async () => {
    braid = await start();
    client = await braid.client();
    const created = await client.createCollection({
      collection_name: COLLECTION,
      enable_dynamic_field: true,
      consistency_level: 'Strong',
      fields: FIELDS,
      index_params: [
        { field_name: 'floats', index_type: 'FLAT', metric_type: 'L2' },
        { field_name: 'halves', index_type: 'HNSW', metric_type: 'COSINE' },
        { field_name: 'bits', index_type: 'BIN_FLAT', metric_type: 'HAMMING' },
        { field_name: 'bytes', index_type: 'AUTOINDEX', metric_type: 'IP' },
      ],
    });
    expect(created.error_code, created.reason).toBe('Success');
    await client.loadCollectionSync({ collection_name: COLLECTION });
    const inserted = await client.insert({
      collection_name: COLLECTION,
      data: Array.from({ length: ROWS }, (_, i) => row(i)) as never,
    });
    expect(inserted.status.error_code, inserted.status.reason).toBe('Success');
    expect(inserted.succ_index).toHaveLength(ROWS);
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  describe.each(['growing', 'sealed'])('%s', (state) => {
    beforeAll(async () => {
      if (state === 'sealed') await client.flushSync({ collection_names: [COLLECTION] });
    });

    test('every value comes back as it went in', async () => {
      const answer = await client.query({
        collection_name: COLLECTION,
        filter: 'id in [0, 1, 2, 255, 299]',
        output_fields: ['*'],
      });
      expect(answer.status.error_code, answer.status.reason).toBe('Success');
      expect(answer.data.map((item) => item['id'])).toEqual(['0', '1', '2', '255', '299']);
      for (const found of answer.data) {
        const sent = row(Number(found['id']));
        for (const name of ['flag', 'tiny', 'small', 'medium', 'large', 'twofold', 'text', 'doc']) {
          expect(found[name], name).toEqual(sent[name]);
        }
        expect(found['$meta']).toEqual({ color: sent['color'] });
        expect(found['maybe'] ?? null).toEqual(sent['maybe'] ?? null);
        expect(found['preset']).toEqual(sent['preset'] ?? 'none');
        expect(found['bits']).toEqual(sent['bits']);
        expect(found['bytes']).toEqual(sent['bytes']);
        expectNear(found['floats'] as number[], sent['floats'] as number[], 1e-6);
        expectNear(found['halves'] as number[], sent['floats'] as number[], 1e-3);
      }
    });

    test.each([
      ['flag == true and tiny < -100', (i: number) => i % 2 === 0 && (i % 256) - 128 < -100],
      ['large >= 9007199254740993 and large < 900719925474099300', (i: number) => i >= 1 && i < 100],
      ['medium % 7 == 3', (i: number) => (i * 1_000_003) % 7 === 3],
      ['text like "row 1%"', (i: number) => `${i}`.startsWith('1')],
      ['maybe is null', (i: number) => i % 3 === 0],
      ['maybe > 10', (i: number) => i % 3 !== 0 && i > 10],
      ['preset == "none"', (i: number) => i % 4 === 0],
      ['doc["nested"]["name"] == "n3" and color == "red"', (i: number) => i % 5 === 3 && i % 3 === 0],
      ['doc["n"] + 1 == 5', (i: number) => i === 4],
      ['json_contains(doc["list"], 17)', (i: number) => i === 16 || i === 17],
      ['10 < id <= 20 or id == 0', (i: number) => (i > 10 && i <= 20) || i === 0],
      ['single >= 1.5 and twofold < 10.0', (i: number) => i / 8 >= 1.5 && i / 3 < 10],
      ['not (id >= 5)', (i: number) => i < 5],
      ['color in ["green", "blue"] and id not in [1, 2]', (i: number) => i % 3 !== 0 && i !== 1 && i !== 2],
    ] as [string, (i: number) => boolean][])('filter %s', async (filter, isWanted) => {
      const answer = await client.query({ collection_name: COLLECTION, filter, output_fields: ['id'], limit: 1000 });
      expect(answer.status.error_code, answer.status.reason).toBe('Success');
      const wanted = Array.from({ length: ROWS }, (_, i) => i).filter(isWanted);
      expect(answer.data.map((item) => Number(item['id']))).toEqual(wanted);
    });

    test.each([
      ['floats', 'L2'],
      ['halves', 'COSINE'],
      ['bytes', 'IP'],
    ])('search by %s (%s) finds what brute force finds', async (field, metric) => {
      const query = row(123)['floats'] as number[];
      const vector = field === 'bytes' ? query.map((value) => Math.round(value * 100)) : query;
      const answer = await client.search({
        collection_name: COLLECTION,
        data: vector,
        anns_field: field,
        limit: 10,
        filter: 'flag == false',
        output_fields: ['id', 'text'],
      });
      expect(answer.status.error_code, answer.status.reason).toBe('Success');
      const scored = Array.from({ length: ROWS }, (_, i) => ({
        i,
        score: score(metric, vector, row(i)[field] as number[]),
      })).filter(({ i }) => i % 2 === 1);
      scored.sort((left, right) => (metric === 'L2' ? left.score - right.score : right.score - left.score));
      const kth = scored[9]!.score;
      const tolerance = Math.abs(kth) * 2e-3 + 1e-4;
      expect(answer.results).toHaveLength(10);
      for (const [place, hit] of answer.results.entries()) {
        expect(Math.abs(hit.score - scored[place]!.score)).toBeLessThan(tolerance);
        expect(hit['text']).toBe(row(Number(hit.id))['text']);
      }
    });

    test('search by bits counts differing bits', async () => {
      const answer = await client.search({
        collection_name: COLLECTION,
        data: [77, (77 * 7) % 256],
        anns_field: 'bits',
        limit: 3,
      });
      expect(answer.status.error_code, answer.status.reason).toBe('Success');
      expect(answer.results[0]!.score).toBe(0);
    });

    test('count(*)', async () => {
      const answer = await client.count({ collection_name: COLLECTION, expr: 'flag == true' });
      expect(Number(answer.data)).toBe(ROWS / 2);
    });
  });
});

function expectNear(found: readonly number[], sent: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(sent.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - sent[i]!)).toBeLessThan(tolerance);
}

function score(metric: string, left: readonly number[], right: readonly number[]): number {
  let dot = 0;
  let squares = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let i = 0; i < left.length; i++) {
    dot += left[i]! * right[i]!;
    squares += (left[i]! - right[i]!) ** 2;
    leftSquares += left[i]! ** 2;
    rightSquares += right[i]! ** 2;
  }
  if (metric === 'L2') return squares;
  return metric === 'IP' ? dot : dot / Math.sqrt(leftSquares * rightSquares);
}
