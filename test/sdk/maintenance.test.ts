import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, until, vectorField } from './support/rows.ts';

const DIM = 8;
const fields = [keyField, vectorField(DIM)];
const index = { index_type: 'FLAT', metric_type: 'L2' };
const rows = rowsOf(400, DIM, () => ({}));

chapter('Flush, compaction, segments', (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    collection_name = await createLoaded(sdk, 'kept', { fields, index });
  });
  const segments = async () =>
    ok(await sdk.client.getPersistentSegmentInfo({ collectionName: collection_name } as never)).infos;

  feature('flush', () => {
    test('rows become sealed segments; the state says when', async () => {
      for (let part = 0; part < 4; part++) {
        ok(await sdk.client.insert({ collection_name, data: rows.slice(part * 100, (part + 1) * 100) }));
        const flushed = ok(await sdk.client.flush({ collection_names: [collection_name] }));
        const { data: segmentIDs } = flushed.coll_segIDs[collection_name]!;
        await until(async () => ok(await sdk.client.getFlushState({ segmentIDs })).flushed);
      }
      const infos = await segments();
      expect(infos.map(({ num_rows }) => Number(num_rows))).toEqual([100, 100, 100, 100]);
      expect(infos.every(({ state }) => state === 'Flushed')).toBe(true);
      expect(ok(await sdk.client.count({ collection_name })).data).toBe(400);
    });

    test('a collection that is not there', async () => {
      failsWith(await sdk.client.flush({ collection_names: ['nobody'] }), 100, /find collection/);
    });

    if (sdk.since('2.6')) {
      test('everything at once', async () => {
        ok(await sdk.client.insert({ collection_name, data: [{ ...rows[0]!, id: 5_000 }] }));
        const { flush_all_ts } = ok(await sdk.client.flushAll({}));
        expect(BigInt(flush_all_ts)).toBeGreaterThan(0n);
        await until(async () => ok(await sdk.client.getFlushAllState({ flush_all_ts } as never)).flushed);
        ok(await sdk.client.delete({ collection_name, ids: [5_000] }));
      });
    }
  });

  feature('segments of the readers', () => {
    test('sum up to the rows', async () => {
      await until(async () => {
        const { infos } = ok(await sdk.client.getQuerySegmentInfo({ collectionName: collection_name } as never));
        return infos.reduce((sum, { num_rows }) => sum + Number(num_rows), 0) >= 400;
      });
    });
  });

  feature('compaction', () => {
    test('fewer segments, the same rows', async () => {
      ok(await sdk.client.delete({ collection_name, filter: 'id < 50' }));
      const { compactionID } = ok(await sdk.client.compact({ collection_name }));
      await until(async () => String(ok(await sdk.client.getCompactionState({ compactionID })).state) === 'Completed');
      ok(await sdk.client.getCompactionStateWithPlans({ compactionID }));
      const { data } = ok(
        await sdk.client.query({ collection_name, filter: 'id >= 0', output_fields: ['id'], limit: 1_000 }),
      );
      expect(data.map(({ id }) => Number(id))).toEqual(rows.slice(50).map(({ id }) => id));
      const left = await segments();
      expect(left.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)).toBeLessThanOrEqual(401);
    });
  });
});

chapter('Load and release', (sdk) => {
  feature('load, states, release', () => {
    test('from not loaded to loaded and back', async () => {
      const collection_name = sdk.name('cycle');
      ok(await sdk.client.createCollection({ collection_name, fields }));
      const state = async () => (await sdk.client.getLoadState({ collection_name })).state;
      expect(await state()).toBe('LoadStateNotLoad');
      failsWith(await sdk.client.loadCollectionAsync({ collection_name }), 700, /index/);
      ok(await sdk.client.createIndex({ collection_name, field_name: 'vector', ...index }));
      ok(await sdk.client.loadCollectionAsync({ collection_name }));
      await until(async () => (await state()) === 'LoadStateLoaded');
      expect(ok(await sdk.client.getLoadingProgress({ collection_name })).progress).toBe('100');
      ok(await sdk.client.loadCollectionAsync({ collection_name }));
      ok(await sdk.client.insert({ collection_name, data: rows.slice(0, 10), consistency_level: 'Strong' } as never));
      ok(await sdk.client.refreshLoad({ collection_name }));
      ok(await sdk.client.releaseCollection({ collection_name }));
      expect(await state()).toBe('LoadStateNotLoad');
      failsWith(await sdk.client.query({ collection_name, filter: 'id > 0' }), 101, /not loaded/);
      ok(await sdk.client.releaseCollection({ collection_name }));
      ok(await sdk.client.loadCollectionAsync({ collection_name }));
      await until(async () => (await state()) === 'LoadStateLoaded');
      const strong = { collection_name, consistency_level: 'Strong' as never };
      expect(ok(await sdk.client.count(strong)).data).toBe(10);
    });

    test('a collection that is not there', async () => {
      const answer = await sdk.client.getLoadState({ collection_name: 'nobody' });
      expect(answer.state).toBe('LoadStateNotExist');
    });
  });

  feature('replicas', () => {
    test('more than there are readers are refused', async () => {
      const collection_name = await createLoaded(sdk, 'replicated', { fields, index });
      ok(await sdk.client.releaseCollection({ collection_name }));
      const answer = await sdk.client.loadCollectionAsync({ collection_name, replica_number: 4 });
      expect(answer.error_code).not.toBe('Success');
    });

    test('are described', async () => {
      const collection_name = await createLoaded(sdk, 'described', { fields, index });
      const { collectionID } = ok(await sdk.client.describeCollection({ collection_name }));
      const { replicas } = ok(await sdk.client.getReplicas({ collectionID } as never));
      expect(replicas).toHaveLength(1);
      expect(replicas[0]).toMatchObject({ collectionID, resource_group_name: '__default_resource_group' });
      expect(replicas[0]!.node_ids.length).toBeGreaterThan(0);
    });
  });
});

chapter('Health and metrics', (sdk) => {
  feature('health', () => {
    test('is good', async () => {
      expect(await sdk.client.checkHealth()).toMatchObject({ status: { code: 0 }, isHealthy: true, reasons: [] });
      const healthz = await fetch(`http://${sdk.deployment.managementAddress}/healthz`);
      expect([healthz.status, await healthz.text()]).toEqual([200, 'OK']);
    });
  });

  feature('system_info', () => {
    test('names the nodes', async () => {
      const { response } = ok(await sdk.client.getMetric({ request: { metric_type: 'system_info' } as never }));
      const { nodes_info } = response as { nodes_info: { infos: { type: string; has_error: boolean } }[] };
      const types = nodes_info.map(({ infos }) => infos.type);
      expect(types).toContain('rootcoord');
      const readers = sdk.deployment.name === 'one process' ? 1 : 3;
      expect(types.filter((type) => type === 'querynode')).toHaveLength(readers);
    });
  });
});
