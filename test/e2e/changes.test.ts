import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

const DIM = 8;
let collectionNumber = 0;

describe.each(DEPLOYMENTS)('$name', ({ start }) => {
  let braid: Deployment;
  let client: MilvusClient;
  let collection: string;

  beforeAll(async () => {
    braid = await start({ writer: { segmentRowsMax: 500 } });
    client = await braid.client();
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    collection = `changes_${++collectionNumber}`;
    const created = await client.createCollection({
      collection_name: collection,
      consistency_level: 'Strong',
      fields: [
        { name: 'key', data_type: DataType.VarChar, max_length: 64, is_primary_key: true },
        { name: 'version', data_type: DataType.Int64 },
        { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
      ],
      index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
    });
    expect(created.error_code, created.reason).toBe('Success');
    await client.loadCollectionSync({ collection_name: collection });
  });

  const rows = (from: number, to: number, version: number): { key: string; version: number; vector: number[] }[] =>
    Array.from({ length: to - from }, (_, i) => ({ key: `k${from + i}`, version, vector: vectorOf(from + i) }));

  const vectorOf = (i: number): number[] => Array.from({ length: DIM }, (_, d) => Math.sin(i * 0.7 + d * i * 0.13));

  const versions = async (): Promise<Map<string, number>> => {
    const answer = await client.query({
      collection_name: collection,
      filter: 'version >= 0',
      output_fields: ['key', 'version'],
      limit: 16_000,
    });
    expect(answer.status.error_code, answer.status.reason).toBe('Success');
    const found = new Map(answer.data.map((item) => [item['key'] as string, Number(item['version'])]));
    expect(found.size).toBe(answer.data.length);
    return found;
  };

  test.each(['growing', 'sealed'])('delete by key and by filter, %s rows', async (state) => {
    await client.insert({ collection_name: collection, data: rows(0, 100, 1) });
    if (state === 'sealed') await client.flushSync({ collection_names: [collection] });
    const byKey = await client.delete({ collection_name: collection, filter: 'key in ["k1", "k2", "nobody"]' });
    expect(byKey.status.error_code, byKey.status.reason).toBe('Success');
    const byFilter = await client.delete({ collection_name: collection, filter: 'version == 1 and key like "k9%"' });
    expect(Number(byFilter.delete_cnt)).toBe(11);
    const left = await versions();
    expect(left.size).toBe(100 - 2 - 11);
    expect(left.has('k1')).toBe(false);
    const hits = await client.search({
      collection_name: collection,
      data: vectorOf(95),
      limit: 5,
      output_fields: ['key'],
    });
    expect(hits.results).toHaveLength(5);
    expect(hits.results.map((hit) => hit['key'])).not.toContain('k95');
    await client.insert({ collection_name: collection, data: rows(95, 96, 2) });
    expect((await versions()).get('k95')).toBe(2);
  });

  test.each(['growing', 'sealed'])('upsert replaces %s rows and never shows both or none', async (state) => {
    await client.insert({ collection_name: collection, data: rows(0, 50, 1) });
    if (state === 'sealed') await client.flushSync({ collection_names: [collection] });
    let isDone = false;
    let looks = 0;
    const watching = (async () => {
      while (!isDone) {
        expect((await versions()).size).toBe(50);
        const hits = await client.search({
          collection_name: collection,
          data: vectorOf(looks % 50),
          limit: 50,
          output_fields: ['key', 'version'],
        });
        expect(new Set(hits.results.map((hit) => hit['key'])).size).toBe(50);
        looks++;
      }
    })();
    for (let version = 2; version < 12; version++) {
      const upserted = await client.upsert({ collection_name: collection, data: rows(0, 50, version) });
      expect(upserted.status.error_code, upserted.status.reason).toBe('Success');
    }
    isDone = true;
    await watching;
    expect(looks).toBeGreaterThan(0);
    expect(new Set((await versions()).values())).toEqual(new Set([11]));
  });

  test('no row is lost or doubled while segments are sealed and compacted under searches', async () => {
    const total = 6_000;
    const deleted = new Set<string>();
    let acknowledged = 0;
    let isDone = false;
    let looks = 0;
    const looking = (async () => {
      while (!isDone) {
        const atLeast = acknowledged - deleted.size;
        const counted = await client.query({
          collection_name: collection,
          filter: 'key != ""',
          output_fields: ['count(*)'],
        });
        expect(counted.status.error_code, counted.status.reason).toBe('Success');
        const count = Number(counted.data[0]!['count(*)']);
        expect(count).toBeGreaterThanOrEqual(atLeast - 20);
        expect(count).toBeLessThanOrEqual(acknowledged + 200);
        const probe = (looks * 37) % Math.max(acknowledged, 1);
        if (acknowledged > 0 && !deleted.has(`k${probe}`)) {
          const hits = await client.search({
            collection_name: collection,
            data: vectorOf(probe),
            limit: 10,
            output_fields: ['key'],
          });
          expect(hits.status.error_code, hits.status.reason).toBe('Success');
          const ids = hits.results.map((hit) => hit['key']);
          expect(new Set(ids).size).toBe(ids.length);
          if (!deleted.has(`k${probe}`)) expect(hits.results[0]!.score).toBeLessThan(1e-5);
        }
        looks++;
      }
    })();
    for (let from = 0; from < total; from += 200) {
      const inserted = await client.insert({ collection_name: collection, data: rows(from, from + 200, 1) });
      expect(inserted.status.error_code, inserted.status.reason).toBe('Success');
      acknowledged = from + 200;
      const gone = [`k${from + 3}`, `k${from + 50}`];
      for (const key of gone) deleted.add(key);
      await client.delete({ collection_name: collection, filter: `key in ${JSON.stringify(gone)}` });
      if (from % 1_000 === 0) await client.flushSync({ collection_names: [collection] });
      if (from % 2_000 === 0) await client.compact({ collection_name: collection });
    }
    await client.flushSync({ collection_names: [collection] });
    await client.compact({ collection_name: collection });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    isDone = true;
    await looking;
    expect(looks).toBeGreaterThan(10);
    const left = await versions();
    expect(left.size).toBe(total - deleted.size);
    for (const key of deleted) expect(left.has(key)).toBe(false);
  }, 120_000);

  test('restarted processes know every acknowledged row', async () => {
    await client.insert({ collection_name: collection, data: rows(0, 700, 1) });
    await client.delete({ collection_name: collection, filter: 'key in ["k7"]' });
    await client.upsert({ collection_name: collection, data: rows(10, 20, 5) });
    await braid.processes.restartAll();
    client = await braid.client();
    await expect
      .poll(async () => (await client.getLoadState({ collection_name: collection })).state, { timeout: 30_000 })
      .toBe('LoadStateLoaded');
    const found = await versions();
    expect(found.size).toBe(699);
    expect(found.get('k15')).toBe(5);
  }, 120_000);
});
