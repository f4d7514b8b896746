import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { keyField, load, rowsOf, until, vectorField, vectorOf } from './support/rows.ts';

const DIM = 4;
const fields = [keyField, vectorField(DIM), { name: 'title', data_type: DataType.VarChar, max_length: 64 }];
const rows = rowsOf(30, DIM, (i) => ({ title: `film ${i}` }));

/**
 * The calls that the backend of Attu makes (its version 2.5, over SDK 2.5), in the order in which a person clicks through it. What its pages need of the
 * answers: a `rootcoord` with version and deploy mode, loaded percentages, row counts, indexes with their states, segments, replicas.
 */
chapter('Popular programs', (sdk) => {
  feature('Attu: its sequence of calls', () => {
    test('from the connection to the drop of a database', async () => {
      const db_name = uniqueName('attu');
      ok(await sdk.client.createDatabase({ db_name }));
      const client = await sdk.connect();
      ok(await client.listDatabases());
      ok(await client.use({ db_name }));
      expect((await client.getVersion()).version).toMatch(/^v2\./);

      const { response } = ok(await client.getMetric({ request: { metric_type: 'system_info' } as never }));
      const { nodes_info } = response as {
        nodes_info: { infos: { type: string; system_info: { build_version: string; deploy_mode: string } } }[];
      };
      const coordinator = nodes_info.find(({ infos }) => infos.type === 'rootcoord')!.infos;
      expect(coordinator.system_info.build_version).toMatch(/^v2\./);
      expect(coordinator.system_info.deploy_mode).toMatch(/^(STANDALONE|DISTRIBUTED)$/);

      const collection_name = 'films';
      ok(await client.createCollection({ collection_name, fields, enable_dynamic_field: true }));
      ok(
        await client.createIndex({
          collection_name,
          field_name: 'vector',
          index_type: 'HNSW',
          metric_type: 'L2',
          params: { M: 8, efConstruction: 64 },
        }),
      );
      ok(await client.createAlias({ collection_name, alias: uniqueName('attu') }));
      await load({ ...sdk, client }, collection_name);
      ok(await client.insert({ collection_name, data: rows }));
      ok(await client.flushSync({ collection_names: [collection_name] }));

      expect(ok(await client.showCollections()).data.map(({ name }) => name)).toEqual([collection_name]);
      // Readers load a new segment while the writer still answers for it: for a moment the percentage is below 100.
      await until(async () => {
        const [shown] = ok(await client.showCollections({ type: 1 } as never)).data;
        return shown?.name === collection_name && shown.loadedPercentage === '100';
      });
      const described = ok(await client.describeCollection({ collection_name }));
      expect(described).toMatchObject({ db_name, schema: { enable_dynamic_field: true } });
      const { index_descriptions } = ok(await client.describeIndex({ collection_name }));
      expect(index_descriptions).toMatchObject([{ field_name: 'vector', state: 'Finished' }]);
      expect(Number(ok(await client.getCollectionStatistics({ collection_name })).data.row_count)).toBe(30);
      expect(ok(await client.listPartitions({ collection_name })).partition_names).toEqual(['_default']);
      ok(await client.getPartitionStatistics({ collection_name, partition_name: '_default' }));
      expect(ok(await client.getReplicas({ collectionID: described.collectionID } as never)).replicas).toHaveLength(1);
      ok(await client.getLoadState({ collection_name }));
      ok(await client.getQuerySegmentInfo({ collectionName: collection_name } as never));
      const { infos } = ok(await client.getPersistentSegmentInfo({ collectionName: collection_name } as never));
      expect(infos.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)).toBe(30);

      const strong = { collection_name, consistency_level: 'Strong' as never };
      expect(ok(await client.count(strong)).data).toBe(30);
      const { data } = ok(await client.query({ ...strong, filter: 'id < 3', output_fields: ['*'], limit: 100 }));
      expect(data.map(({ title }) => title)).toEqual(['film 0', 'film 1', 'film 2']);
      const { results } = ok(
        await client.search({ ...strong, data: vectorOf(3, DIM), limit: 5, params: { ef: 64 }, output_fields: ['*'] }),
      );
      expect(results[0]).toMatchObject({ id: '3', title: 'film 3', score: 0 });
      ok(await client.upsert({ collection_name, data: [{ ...rows[0]!, title: 'again' }] }));
      ok(await client.deleteEntities({ collection_name, expr: 'id in [1]' } as never));
      ok(await client.compact({ collection_name }));
      expect(ok(await client.count(strong)).data).toBe(29);

      ok(await client.alterCollectionProperties({ collection_name, properties: { 'collection.ttl.seconds': 9_000 } }));
      for (const alias of ok(await client.describeCollection({ collection_name })).aliases)
        ok(await client.dropAlias({ alias }));
      ok(await client.renameCollection({ collection_name, new_collection_name: 'movies' }));
      ok(await client.releaseCollection({ collection_name: 'movies' }));
      ok(await client.dropCollection({ collection_name: 'movies' }));
      ok(await client.dropDatabase({ db_name }));
    });
  });
});
