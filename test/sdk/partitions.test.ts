import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 4;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields = [keyField, vectorField(DIM), { name: 'tenant', data_type: DataType.VarChar, max_length: 32 }];
const rows = rowsOf(60, DIM, (i) => ({ tenant: `t${i % 7}` }));
const keyed = fields.map((field) => (field.name === 'tenant' ? { ...field, is_partition_key: true } : field));

chapter('Partitions', (sdk) => {
  feature('create, list, has, drop', () => {
    test('in the order of creation, the default one first', async () => {
      const collection_name = await createLoaded(sdk, 'parts', { fields, index });
      for (const partition_name of ['beta', 'alpha'])
        ok(await sdk.client.createPartition({ collection_name, partition_name }));
      ok(await sdk.client.createPartition({ collection_name, partition_name: 'beta' }));
      expect(ok(await sdk.client.listPartitions({ collection_name })).partition_names).toEqual([
        '_default',
        'beta',
        'alpha',
      ]);
      const has = async (partition_name: string) =>
        ok(await sdk.client.hasPartition({ collection_name, partition_name })).value;
      expect([await has('beta'), await has('nobody')]).toEqual([true, false]);
      ok(await sdk.client.releasePartitions({ collection_name, partition_names: ['beta'] }));
      ok(await sdk.client.dropPartition({ collection_name, partition_name: 'beta' }));
      ok(await sdk.client.dropPartition({ collection_name, partition_name: 'beta' }));
      expect(await has('beta')).toBe(false);
      const refused = await sdk.client.dropPartition({ collection_name, partition_name: '_default' });
      failsWith(refused, 1100, /default partition/);
    });
  });

  feature('rows of one partition', () => {
    let collection_name: string;
    beforeAll(async () => {
      collection_name = await createLoaded(sdk, 'split', { fields, index });
      for (const partition_name of ['even', 'odd'])
        ok(await sdk.client.createPartition({ collection_name, partition_name }));
      for (const [i, partition_name] of ['even', 'odd'].entries()) {
        const data = rows.filter(({ id }) => id % 2 === i);
        ok(await sdk.client.insert({ collection_name, partition_name, data }));
      }
    });

    test('are found there by query and search, and nowhere else', async () => {
      const even = { collection_name, partition_names: ['even'], output_fields: ['id'], limit: 100 };
      const { data } = ok(await sdk.client.query({ ...even, filter: 'id >= 0' }));
      expect(data.map(({ id }) => Number(id))).toEqual(rows.map(({ id }) => id).filter((id) => id % 2 === 0));
      const { results } = ok(await sdk.client.search({ ...even, data: vectorOf(7, DIM) }));
      expect(results).toHaveLength(30);
      expect(results.every(({ id }) => Number(id) % 2 === 0)).toBe(true);
      const nobody = await sdk.client.query({ ...even, partition_names: ['nobody'], filter: 'id >= 0' });
      failsWith(nobody, 200, /partition.*nobody/);
    });

    test('are counted and deleted there', async () => {
      await sdk.client.flushSync({ collection_names: [collection_name] });
      const { data } = ok(await sdk.client.getPartitionStatistics({ collection_name, partition_name: 'odd' }));
      expect(Number(data.row_count)).toBe(30);
      ok(await sdk.client.delete({ collection_name, partition_name: 'odd', filter: 'id in [1, 2]' }));
      const left = ok(
        await sdk.client.query({ collection_name, filter: 'id in [1, 2]', output_fields: ['id'], limit: 5 }),
      );
      expect(left.data.map(({ id }) => id)).toEqual(['2']);
    });
  });

  feature('load and release of partitions', () => {
    test('only what is loaded is searched', async () => {
      const collection_name = await createLoaded(sdk, 'partly', { fields, index });
      ok(await sdk.client.createPartition({ collection_name, partition_name: 'loaded' }));
      ok(await sdk.client.insert({ collection_name, partition_name: 'loaded', data: rows.slice(0, 5) }));
      ok(await sdk.client.insert({ collection_name, data: rows.slice(5, 15) }));
      ok(await sdk.client.releaseCollection({ collection_name }));
      ok(await sdk.client.loadPartitionsSync({ collection_name, partition_names: ['loaded'] }));
      const stateOf = async (partition_names: string[]) =>
        (await sdk.client.getLoadState({ collection_name, partition_names })).state;
      expect(await stateOf(['loaded'])).toBe('LoadStateLoaded');
      expect(await stateOf(['_default'])).toBe('LoadStateNotLoad');
      const { results } = ok(
        await sdk.client.search({ collection_name, data: vectorOf(1, DIM), limit: 50, output_fields: ['id'] }),
      );
      expect(results.map(({ id }) => Number(id)).sort()).toEqual([0, 1, 2, 3, 4]);
      ok(await sdk.client.releasePartitions({ collection_name, partition_names: ['loaded'] }));
      expect((await sdk.client.getLoadState({ collection_name })).state).toBe('LoadStateNotLoad');
    });
  });

  feature('partition key', () => {
    let collection_name: string;
    beforeAll(async () => {
      collection_name = await createLoaded(sdk, 'keyed', { fields: keyed, index, rows, num_partitions: 4 });
    });

    test('16 partitions unless another number is asked for', async () => {
      expect(ok(await sdk.client.listPartitions({ collection_name })).partition_names).toHaveLength(4);
      const unasked = sdk.name('unasked');
      ok(await sdk.client.createCollection({ collection_name: unasked, fields: keyed }));
      expect(ok(await sdk.client.listPartitions({ collection_name: unasked })).partition_names).toHaveLength(16);
      expect(Number(ok(await sdk.client.describeCollection({ collection_name: unasked })).num_partitions)).toBe(16);
    });

    test('a filter on the key finds all its rows', async () => {
      const { data } = ok(
        await sdk.client.query({
          collection_name,
          filter: 'tenant in ["t3", "t5"]',
          output_fields: ['id'],
          limit: 100,
        }),
      );
      const wanted = rows.filter(({ tenant }) => tenant === 't3' || tenant === 't5').map(({ id }) => id);
      expect(data.map(({ id }) => Number(id))).toEqual(wanted);
    });

    test('partitions cannot be named by hand', async () => {
      const created = await sdk.client.createPartition({ collection_name, partition_name: 'own' });
      expect(created).toMatchObject({ error_code: 'UnexpectedError' });
      expect(created.reason).toMatch(/disable create partition if partition key mode is used/);
      const named = { collection_name, partition_names: ['_default_0'], limit: 5 };
      const byHand = /not support manually specifying the partition names if partition key mode is used/;
      const queried = await sdk.client.query({ ...named, filter: 'id >= 0' });
      expect(queried.status).toMatchObject({
        error_code: 'IllegalArgument',
        reason: expect.stringMatching(byHand),
      });
      const searched = await sdk.client.search({ ...named, data: vectorOf(1, DIM) });
      expect(searched.status).toMatchObject({
        error_code: 'UnexpectedError',
        reason: expect.stringMatching(byHand),
      });
    });

    test('isolation is accepted and kept', async () => {
      const isolated = sdk.name('isolated');
      const properties = { 'partitionkey.isolation': true };
      ok(await sdk.client.createCollection({ collection_name: isolated, fields: keyed, properties }));
      const described = ok(await sdk.client.describeCollection({ collection_name: isolated }));
      expect(described.properties).toContainEqual({ key: 'partitionkey.isolation', value: 'true' });
    });
  });
});
