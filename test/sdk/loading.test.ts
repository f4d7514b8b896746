import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, refuses } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, until, vectorField } from './support/rows.ts';

const DIM = 8;
const fields = [keyField, vectorField(DIM)];
const index = { index_type: 'FLAT', metric_type: 'L2' };
const rows = rowsOf(10, DIM, () => ({}));

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

    test('segments of a collection that is not there are not moved', async () => {
      const request = { collectionName: 'nobody', src_nodeID: 1 };
      failsWith(await sdk.client.loadBalance(request as never), 100, /find collection/);
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

  feature('moving segments by hand', () => {
    const collection_name = sdk.name('balanced');
    beforeAll(async () => {
      ok(await sdk.client.createCollection({ collection_name, fields }));
    });
    refuses('LoadBalance (readers take their segments by themselves)', () =>
      sdk.client.loadBalance({ collectionName: collection_name, src_nodeID: 1 } as never),
    );
  });
});
