import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, type Sdk } from './support/chapter.ts';
import { until } from './support/rows.ts';

const TTL = 'collection.ttl.seconds';
const DIMENSION = 4;

const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, vector: [from + i, 1, 0, 0] }));

async function createCollection(sdk: Sdk, properties: Record<string, string> = {}): Promise<string> {
  const collection_name = sdk.name('ttl');
  ok(
    await sdk.client.createCollection({
      collection_name,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'vector', data_type: DataType.FloatVector, dim: DIMENSION },
      ],
      index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
      consistency_level: 'Strong',
      properties,
    }),
  );
  return collection_name;
}

/** The ids that each kind of read shows; they must agree. */
async function idsOf(sdk: Sdk, collection_name: string): Promise<number[]> {
  const { client } = sdk;
  const consistency_level = ConsistencyLevelEnum.Strong;
  const [rows, counted, found] = await Promise.all([
    client.query({ collection_name, filter: 'id >= 0', output_fields: ['id'], consistency_level }),
    client.query({ collection_name, filter: '', output_fields: ['count(*)'], consistency_level }),
    client.search({ collection_name, data: [0, 1, 0, 0], limit: 100, output_fields: ['id'], consistency_level }),
  ]);
  const ids = ok(rows).data.map((row) => Number(row['id']));
  expect(Number(ok(counted).data[0]!['count(*)'])).toBe(ids.length);
  const searched = ok(found).results.map((row) => Number(row.id));
  expect(searched.toSorted((left, right) => left - right)).toEqual(ids);
  return ids;
}

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

chapter('Time to live', (sdk) => {
  // Expiry takes its time and is the same for all lines.
  if (sdk.line === '3.0')
    feature('rows expire', () => {
      let collection_name: string;

      beforeAll(async () => {
        collection_name = await createCollection(sdk);
      });

      test('in all reads, sealed and growing, without a restart, and the young ones stay', async () => {
        const { client } = sdk;
        ok(await client.insert({ collection_name, data: rowsOf(0, 10) }));
        ok(await client.flushSync({ collection_names: [collection_name] }));
        ok(await client.insert({ collection_name, data: rowsOf(10, 20) }));
        await sleep(4_200);
        // Now one growing segment holds old rows and young ones.
        ok(await client.insert({ collection_name, data: rowsOf(20, 30) }));
        expect(await idsOf(sdk, collection_name)).toEqual(ids(0, 30));
        ok(await client.alterCollectionProperties({ collection_name, properties: { [TTL]: 4 } }));
        expect(await idsOf(sdk, collection_name)).toEqual(ids(20, 30));
        // And one sealed segment.
        ok(await client.flushSync({ collection_names: [collection_name] }));
        expect(await idsOf(sdk, collection_name)).toEqual(ids(20, 30));
        await sleep(4_200);
        expect(await idsOf(sdk, collection_name)).toEqual([]);
        ok(await client.insert({ collection_name, data: rowsOf(5, 6) }));
        expect(await idsOf(sdk, collection_name)).toEqual([5]);
      }, 30_000);

      test('an upsert makes a row young again', async () => {
        const { client } = sdk;
        ok(await client.insert({ collection_name, data: rowsOf(100, 102) }));
        await sleep(2_500);
        ok(await client.upsert({ collection_name, data: rowsOf(101, 102) }));
        await sleep(2_000);
        expect(await idsOf(sdk, collection_name)).toEqual([101]);
      }, 20_000);
    });

  if (sdk.since('2.6'))
    feature('rows expire by a field of theirs', () => {
      const HOUR_MS = 3_600_000;
      const at = (ms: number) => new Date(Date.now() + ms).toISOString();
      let collection_name: string;
      const rowsUntil = (from: number, to: number, until: string | null) =>
        rowsOf(from, to).map((row) => ({ ...row, until })) as never;

      beforeAll(async () => {
        collection_name = sdk.name('ttl_field');
        ok(
          await sdk.client.createCollection({
            collection_name,
            fields: [
              { name: 'id', data_type: DataType.Int64, is_primary_key: true },
              { name: 'vector', data_type: DataType.FloatVector, dim: DIMENSION },
              { name: 'until', data_type: 26 as DataType, nullable: true },
            ],
            index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
            consistency_level: 'Strong',
            properties: { ttl_field: 'until' },
          } as never),
        );
        ok(await sdk.client.loadCollectionSync({ collection_name }));
      }, 30_000);

      test('in all reads, sealed and growing, as their time comes; null and 1970 are never', async () => {
        const { client } = sdk;
        ok(await client.insert({ collection_name, data: rowsUntil(0, 5, at(-HOUR_MS)) }));
        ok(await client.insert({ collection_name, data: rowsUntil(5, 8, '1970-01-01T00:00:00Z') }));
        ok(await client.insert({ collection_name, data: rowsUntil(8, 12, at(HOUR_MS)) }));
        expect(await idsOf(sdk, collection_name)).toEqual(ids(5, 12));
        ok(await client.flushSync({ collection_names: [collection_name] }));
        expect(await idsOf(sdk, collection_name)).toEqual(ids(5, 12));
        ok(await client.insert({ collection_name, data: rowsUntil(12, 14, null) }));
        ok(await client.insert({ collection_name, data: rowsUntil(14, 16, at(1_500)) }));
        const count = () => client.query({ collection_name, filter: '', output_fields: ['count(*)'] });
        await until(async () => Number(ok(await count()).data[0]!['count(*)']) === 9);
        expect(await idsOf(sdk, collection_name)).toEqual(ids(5, 14));
        ok(await client.upsert({ collection_name, data: rowsUntil(0, 1, null) }));
        expect(await idsOf(sdk, collection_name)).toEqual([0, ...ids(5, 14)]);
      }, 30_000);

      test('compaction removes them', async () => {
        const { client } = sdk;
        ok(await client.flushSync({ collection_names: [collection_name] }));
        const stored = async () => Number(ok(await client.getCollectionStatistics({ collection_name })).data.row_count);
        // 17 rows were written. How many are stored now is open: the writer may have compacted by itself.
        await until(async () => {
          ok(await client.compact({ collection_name }));
          return (await stored()) === 10;
        });
        expect(await idsOf(sdk, collection_name)).toEqual([0, ...ids(5, 14)]);
      }, 30_000);

      test('only a Timestamptz says when, and not beside collection.ttl.seconds', async () => {
        const alter = (properties: Record<string, string>) =>
          sdk.client.alterCollectionProperties({ collection_name, properties });
        failsWith(await alter({ ttl_field: 'id' }), 1100, /ttl field id must be of type Timestamptz, but is Int64/);
        failsWith(await alter({ ttl_field: 'nope' }), 1100, /ttl field name nope not found in schema/);
        failsWith(await alter({ [TTL]: '60' }), 1100, /cannot be set at the same time/);
      });
    });

  feature('the property', () => {
    test('is shown, altered, dropped', async () => {
      const { client } = sdk;
      const collection_name = await createCollection(sdk, { [TTL]: '3600' });
      const shown = async () =>
        Object.fromEntries(
          ok(await client.describeCollection({ collection_name })).properties.map(({ key, value }) => [key, value]),
        );
      expect(await shown()).toEqual({ [TTL]: '3600', timezone: 'UTC' });
      ok(await client.alterCollectionProperties({ collection_name, properties: { [TTL]: -1 } }));
      expect(await shown()).toEqual({ [TTL]: '-1', timezone: 'UTC' });
      ok(await client.dropCollectionProperties({ collection_name, properties: [TTL] }));
      expect(await shown()).toEqual({ timezone: 'UTC' });
    });

    test.each([
      ['soon', /collection TTL is not a valid positive integer/],
      ['-2', /collection TTL is out of range, expect \[-1, 3155760000\], got -2/],
      ['3155760001', /out of range/],
    ])('%s is refused', async (value, words) => {
      const collection_name = await createCollection(sdk);
      const properties = { [TTL]: value };
      failsWith(await sdk.client.alterCollectionProperties({ collection_name, properties }), 1100, words);
    });
  });
});
