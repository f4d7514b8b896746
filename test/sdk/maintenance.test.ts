import { setTimeout as sleep } from 'node:timers/promises';
import { DataType, type QuerySegmentInfo } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const WAIT_MS = 20_000;
/** The SDK types the state as a number and gives the name. */
const COMPLETED = 'Completed' as unknown as number;

chapter('Flush, compaction, load, segments', (sdk) => {
  feature('flush and its state', () => {
    test('a flush names the segments it sealed; they are persistent then', async () => {
      const collection_name = await createCollection(sdk, 'flush');
      await insert(sdk, collection_name, 0, 10);
      const flushed = ok(await sdk.client.flush({ collection_names: [collection_name] }));
      const segmentIDs = flushed.coll_segIDs[collection_name]!.data.concat(
        (flushed as never as { flush_coll_segIDs: typeof flushed.coll_segIDs }).flush_coll_segIDs[collection_name]!
          .data,
      );
      expect(segmentIDs).toHaveLength(1);
      expect(ok(await sdk.client.getFlushState({ segmentIDs: segmentIDs.map(Number) })).flushed).toBe(true);
      const { infos } = ok(await sdk.client.getPersistentSegmentInfo({ collectionName: collection_name }));
      expect(infos).toMatchObject([
        { segmentID: String(segmentIDs[0]), num_rows: '10', state: 'Flushed', level: 'L1', is_sorted: true },
      ]);
      const again = ok(await sdk.client.flush({ collection_names: [collection_name] }));
      expect(Object.keys(again.coll_segIDs)).toEqual([collection_name]);
    });
  });

  feature('compaction with plans and states', () => {
    test('two segments become one, and the plan says which', async () => {
      const collection_name = await createCollection(sdk, 'compact');
      const sources = [
        await insertFlushed(sdk, collection_name, 0, 10),
        await insertFlushed(sdk, collection_name, 10, 20),
      ];
      const { compactionID } = ok(await sdk.client.compact({ collection_name }));
      expect(Number(compactionID)).toBeGreaterThan(0);
      await until(async () => ok(await sdk.client.getCompactionState({ compactionID })).state === COMPLETED);
      const state = ok(await sdk.client.getCompactionState({ compactionID }));
      expect(state).toMatchObject({ executingPlanNo: '0', completedPlanNo: '1', failedPlanNo: '0' });
      const plans = ok(await sdk.client.getCompactionStateWithPlans({ compactionID }));
      expect(plans.mergeInfos).toHaveLength(1);
      expect([...plans.mergeInfos[0]!.sources].sort()).toEqual(sources.sort());
      const { infos } = ok(await sdk.client.getPersistentSegmentInfo({ collectionName: collection_name }));
      expect(infos).toMatchObject([{ segmentID: plans.mergeInfos[0]!.target, num_rows: '20' }]);
      const nothing = ok(await sdk.client.compact({ collection_name }));
      expect(nothing.compactionID).toBe('-1');
      expect(ok(await sdk.client.getCompactionState({ compactionID: -1 })).state).toBe(COMPLETED);
    });

    // Older lines do not send the partition.
    test.runIf(sdk.since('3.0'))('only the partition that is named', async () => {
      const collection_name = await createCollection(sdk, 'compact_partition');
      ok(await sdk.client.createPartition({ collection_name, partition_name: 'other' }));
      const { partitionIDs, partition_names } = ok(await sdk.client.showPartitions({ collection_name }));
      for (const partition_name of ['_default', 'other', '_default', 'other']) {
        await insert(sdk, collection_name, 0, 5, partition_name);
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      }
      const partition_id = partitionIDs[partition_names.indexOf('other')]!;
      const request = { collection_name, partition_id } as never as Parameters<typeof sdk.client.compact>[0];
      const { compactionID } = ok(await sdk.client.compact(request));
      await until(async () => ok(await sdk.client.getCompactionState({ compactionID })).state === COMPLETED);
      const { infos } = ok(await sdk.client.getPersistentSegmentInfo({ collectionName: collection_name }));
      const perPartition = infos.map(({ partitionID }) => String(partitionID));
      expect(perPartition.filter((id) => id === String(partition_id))).toHaveLength(1);
      expect(perPartition.filter((id) => id !== String(partition_id))).toHaveLength(2);
    });

    test('a target size that is too small', async () => {
      const collection_name = await createCollection(sdk, 'compact_small');
      const request = { collection_name, target_size: 1 } as never as Parameters<typeof sdk.client.compact>[0];
      if (sdk.since('3.0')) failsWith(await sdk.client.compact(request), 1100, /targetSize 1 MB/);
    });
  });

  feature('load: progress, replicas, refresh', () => {
    test('progress reaches 100 and names what is loaded', async () => {
      const collection_name = await createCollection(sdk, 'load');
      await insertFlushed(sdk, collection_name, 0, 10);
      await until(async () => ok(await sdk.client.getLoadingProgress({ collection_name })).progress === '100');
      expect(ok(await sdk.client.getLoadState({ collection_name })).state).toBe('LoadStateLoaded');
      ok(await sdk.client.releaseCollection({ collection_name }));
      expect(ok(await sdk.client.getLoadState({ collection_name })).state).toBe('LoadStateNotLoad');
      failsWith(await sdk.client.getLoadingProgress({ collection_name }), 101, /not loaded/);
    });

    test('more replicas than readers', async () => {
      const collection_name = await createCollection(sdk, 'replicas');
      ok(await sdk.client.releaseCollection({ collection_name }));
      failsWith(
        await sdk.client.loadCollectionAsync({ collection_name, replica_number: 9 }),
        304,
        /9 replicas need as many readers/,
      );
    });

    test('replicas name their nodes and channels', async () => {
      const collection_name = await createCollection(sdk, 'get_replicas');
      await insertFlushed(sdk, collection_name, 0, 10);
      const { collectionID } = ok(await sdk.client.describeCollection({ collection_name }));
      const { replicas } = ok(await sdk.client.getReplicas({ collectionID, with_shard_nodes: true }));
      expect(replicas).toHaveLength(1);
      const [replica] = replicas;
      expect(replica!.collectionID).toBe(collectionID);
      expect(replica!.node_ids.length).toBeGreaterThan(0);
      expect(replica!.shard_replicas).toHaveLength(1);
      expect(replica!.shard_replicas[0]!.dm_channel_name).toContain(collectionID);
      expect(replica!.node_ids).toContain(replica!.shard_replicas[0]!.leaderID);
    });
  });

  feature('load of chosen fields', () => {
    describe('year is not loaded, nor are dynamic keys', () => {
      let collection_name: string;
      beforeAll(async () => {
        collection_name = await createCollection(sdk, 'load_fields');
        await insert(sdk, collection_name, 0, 10);
        ok(await sdk.client.releaseCollection({ collection_name }));
        const request = { collection_name, load_fields: ['id', 'vector'], skip_load_dynamic_field: true };
        ok(await sdk.client.loadCollectionAsync(request as Parameters<typeof sdk.client.loadCollectionAsync>[0]));
      });

      test('what is loaded is read, * stands for it', async () => {
        const { data } = ok(
          await sdk.client.query({
            collection_name,
            filter: 'id == 3',
            output_fields: ['*'],
            consistency_level: 0 as never,
          }),
        );
        expect(data).toEqual([{ id: '3', vector: [3, 0] }]);
      });

      test('other fields are refused as output and in filters', async () => {
        failsWith(
          await sdk.client.query({ collection_name, filter: 'id == 3', output_fields: ['year'] }),
          1100,
          /field year is not loaded/,
        );
        failsWith(
          await sdk.client.query({ collection_name, filter: 'year > 3', output_fields: ['id'] }),
          1100,
          /field year is not loaded/,
        );
        failsWith(
          await sdk.client.query({ collection_name, filter: 'color == "red"', output_fields: ['id'] }),
          1100,
          /not loaded/,
        );
        const search = { collection_name, data: [1, 0], limit: 1, output_fields: ['year'] };
        failsWith(await sdk.client.search(search), 1100, /field year is not loaded/);
      });

      test('the choice cannot be changed while it is loaded', async () => {
        failsWith(await sdk.client.loadCollectionAsync({ collection_name }), 1100, /load field list/);
      });

      test('a refresh without names leaves it, one that names fields adds them, sealed rows too', async () => {
        const refresh = async (load_fields: string[]) => {
          const request = { collection_name, refresh: true, load_fields, skip_load_dynamic_field: true };
          ok(await sdk.client.loadCollectionAsync(request as Parameters<typeof sdk.client.loadCollectionAsync>[0]));
          await until(async () => (await sdk.client.getLoadingProgress({ collection_name })).progress === '100');
        };
        const years = () =>
          sdk.client.query({
            collection_name,
            filter: 'id >= 8',
            output_fields: ['year'],
            consistency_level: 0 as never,
          });
        ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
        await refresh([]);
        failsWith(await years(), 1100, /field year is not loaded/);
        await refresh(['year']);
        await until(async () => (await years()).status.error_code === 'Success');
        const { data } = ok(await years());
        expect(data.map(({ id, year }) => [id, year])).toEqual([8, 9].map((id) => [String(id), id]));
        const color = { collection_name, filter: 'id >= 8', output_fields: ['color'] };
        failsWith(await sdk.client.query(color), 1100, /not loaded/);
      });
    });

    test('the primary key and a vector field must be loaded', async () => {
      const collection_name = await createCollection(sdk, 'load_fields_missing');
      ok(await sdk.client.releaseCollection({ collection_name }));
      for (const [fields, reason] of [
        [['vector'], /primary key field id/],
        [['id', 'year'], /vector field/],
        [['id', 'vector', 'nothing'], /nothing not exist/],
      ] as const) {
        const request = { collection_name, load_fields: [...fields] };
        failsWith(
          await sdk.client.loadCollectionAsync(request as Parameters<typeof sdk.client.loadCollectionAsync>[0]),
          1100,
          reason,
        );
      }
    });
  });

  feature('segments that nodes hold', () => {
    test('with index, nodes and size', async () => {
      const collection_name = await createCollection(sdk, 'segments');
      const segmentID = await insertFlushed(sdk, collection_name, 0, 10);
      await insert(sdk, collection_name, 10, 13);
      // While a segment passes from the writer to a reader it may be named by neither.
      let infos: QuerySegmentInfo[] = [];
      await until(async () => {
        infos = ok(await sdk.client.getQuerySegmentInfo({ collectionName: collection_name })).infos;
        return infos.length === 2 && infos.some((info) => String(info.segmentID) === segmentID);
      });
      const sealed = infos.find((info) => String(info.segmentID) === segmentID)!;
      expect(sealed).toMatchObject({ num_rows: '10', state: 'Flushed', index_name: 'by_vector' });
      expect(Number(sealed.mem_size)).toBeGreaterThan(0);
      expect(sealed.nodeIds.length).toBeGreaterThan(0);
      const growing = infos.find((info) => String(info.segmentID) !== segmentID)!;
      expect(growing).toMatchObject({ num_rows: '3', state: 'Growing' });
    });
  });

  feature('statistics and index progress', () => {
    test('rows of the collection and of a partition; the index is finished', async () => {
      const collection_name = await createCollection(sdk, 'statistics');
      await insertFlushed(sdk, collection_name, 0, 10);
      await insert(sdk, collection_name, 10, 15);
      expect(ok(await sdk.client.getCollectionStatistics({ collection_name })).data.row_count).toBe('15');
      const partition = { collection_name, partition_name: '_default' };
      expect(ok(await sdk.client.getPartitionStatistics(partition)).data.row_count).toBe('15');
      const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name }));
      expect(index_descriptions).toMatchObject([
        { total_rows: '15', indexed_rows: '15', pending_index_rows: '0', state: 'Finished' },
      ]);
    });

    test('a new index of sealed rows is built, and says so until it is', async () => {
      const collection_name = await createCollection(sdk, 'rebuild');
      await insertFlushed(sdk, collection_name, 0, 10);
      ok(await sdk.client.releaseCollection({ collection_name }));
      ok(await sdk.client.dropIndex({ collection_name, index_name: 'by_vector' }));
      ok(
        await sdk.client.createIndex({
          collection_name,
          field_name: 'vector',
          index_name: 'again',
          index_type: 'HNSW',
          metric_type: 'IP',
          params: { M: 8, efConstruction: 50 },
        }),
      );
      const describe = async () => ok(await sdk.client.describeIndex({ collection_name })).index_descriptions[0]!;
      const first = await describe();
      expect(first.state).toBe(Number(first.pending_index_rows) > 0 ? 'InProgress' : 'Finished');
      await until(async () => (await describe()).state === 'Finished');
      expect(await describe()).toMatchObject({ indexed_rows: '10', pending_index_rows: '0' });
    });
  });
});

httpChapter('Flush, compaction, load, segments', (rest) => {
  feature('over REST: refresh_load, segments, compaction', () => {
    test('one collection through them all', async () => {
      const collectionName = uniqueName('rest_maintenance');
      okData(await rest.post('collections/create', { collectionName, dimension: 2 }));
      const data = [{ id: 1, vector: [1, 2] }];
      okData(await rest.post('entities/insert', { collectionName, data }));
      okData(await rest.post('collections/flush', { collectionName }));
      okData(await rest.post('entities/insert', { collectionName, data }));
      okData(await rest.post('collections/flush', { collectionName }));
      const { segmentInfos } = okData(await rest.post('segments/describe', { collectionName }));
      expect(segmentInfos).toMatchObject([
        { numRows: 1, state: 'Flushed' },
        { numRows: 1, state: 'Flushed' },
      ]);
      okData(await rest.post('collections/refresh_load', { collectionName }));
      const { compactionID } = okData(await rest.post('collections/compact', { collectionName }));
      await until(async () => {
        const { state } = okData(await rest.post('collections/get_compaction_state', { jobID: compactionID }));
        return state === 'Completed';
      });
      expect(okData(await rest.post('segments/describe', { collectionName })).segmentInfos).toHaveLength(1);
      okData(await rest.post('collections/release', { collectionName }));
      expect(await rest.post('collections/refresh_load', { collectionName })).toMatchObject({ code: 101 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});

async function createCollection(sdk: Sdk, base: string): Promise<string> {
  const collection_name = sdk.name(base);
  ok(
    await sdk.client.createCollection({
      collection_name,
      enable_dynamic_field: true,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'year', data_type: DataType.Int32 },
        { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [{ field_name: 'vector', index_name: 'by_vector', index_type: 'HNSW', metric_type: 'L2' }],
    }),
  );
  ok(await sdk.client.loadCollectionSync({ collection_name }));
  return collection_name;
}

async function insert(
  sdk: Sdk,
  collection_name: string,
  from: number,
  to: number,
  partition_name?: string,
): Promise<void> {
  const data = Array.from({ length: to - from }, (_, i) => ({
    id: from + i,
    year: i,
    vector: [from + i, 0],
    color: 'red',
  }));
  ok(await sdk.client.insert({ collection_name, data, ...(partition_name && { partition_name }) }));
}

/** Id of the segment that the rows are in. */
async function insertFlushed(sdk: Sdk, collectionName: string, from: number, to: number): Promise<string> {
  const idsOf = async () =>
    ok(await sdk.client.getPersistentSegmentInfo({ collectionName })).infos.map(({ segmentID }) => String(segmentID));
  const before = await idsOf();
  await insert(sdk, collectionName, from, to);
  ok(await sdk.client.flushSync({ collection_names: [collectionName] }));
  return (await idsOf()).find((id) => !before.includes(id))!;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + WAIT_MS;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`not in ${WAIT_MS} ms`);
    await sleep(30);
  }
}
