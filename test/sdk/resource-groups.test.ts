import { afterAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { createLoaded, keyField, vectorField } from './support/rows.ts';

const DEFAULT = '__default_resource_group';
const closed = { requests: { node_num: 0 }, limits: { node_num: 0 } };

chapter('Resource groups', (sdk) => {
  const name = uniqueName('group');
  const nodes = async (resource_group: string) =>
    ok(await sdk.client.describeResourceGroup({ resource_group })).resource_group.num_available_node;

  const replicasOf = async (collection_name: string) => {
    const { collectionID } = ok(await sdk.client.describeCollection({ collection_name }));
    return ok(await sdk.client.getReplicas({ collectionID } as never)).replicas;
  };

  afterAll(async () => {
    await sdk.client.updateResourceGroups({ resource_groups: { [name]: closed } });
    await sdk.client.dropResourceGroup({ resource_group: name });
  });

  feature('create, describe, alter, drop', () => {
    test('a group is described as it was made', async () => {
      const config = {
        requests: { node_num: 0 },
        limits: { node_num: 0 },
        transfer_from: [{ resource_group: DEFAULT }],
        transfer_to: [{ resource_group: DEFAULT }],
        node_filter: { node_labels: [{ key: 'disk', value: 'fast' }] },
      };
      ok(await sdk.client.createResourceGroup({ resource_group: name, config }));
      ok(await sdk.client.createResourceGroup({ resource_group: name, config }));
      expect(ok(await sdk.client.listResourceGroups()).resource_groups).toEqual(
        expect.arrayContaining([DEFAULT, name]),
      );
      const { resource_group } = ok(await sdk.client.describeResourceGroup({ resource_group: name }));
      expect(resource_group).toMatchObject({ name, capacity: 0, num_available_node: 0, config });
      failsWith(await sdk.client.createResourceGroup({ resource_group: name, config: closed }), 301, /already exist/);
      ok(await sdk.client.updateResourceGroups({ resource_groups: { [name]: closed } }));
      const altered = ok(await sdk.client.describeResourceGroup({ resource_group: name })).resource_group;
      expect(altered.config).toMatchObject({ transfer_from: [], node_filter: { node_labels: [] } });
    });

    test('what cannot be is refused', async () => {
      const wrong = uniqueName('wrong');
      const create = (config: object) => sdk.client.createResourceGroup({ resource_group: wrong, config });
      failsWith(await create({ requests: { node_num: 2 }, limits: { node_num: 1 } }), 303, /should not less than/);
      failsWith(await create({ requests: { node_num: -1 }, limits: { node_num: 1 } }), 303, /should not less than 0/);
      failsWith(await create({ ...closed, transfer_to: [{ resource_group: 'nobody' }] }), 303, /nobody not exist/);
      failsWith(await sdk.client.createResourceGroup({ resource_group: 'a b' }), 1100, /letter/);
      failsWith(await sdk.client.updateResourceGroups({ resource_groups: { [wrong]: closed } }), 300, /not found/);
      failsWith(await sdk.client.describeResourceGroup({ resource_group: wrong }), 300, /not found/);
      failsWith(await sdk.client.dropResourceGroup({ resource_group: DEFAULT }), 1100, /not deletable/);
      ok(await sdk.client.dropResourceGroup({ resource_group: wrong }));
    });
  });

  feature('transfer of nodes and replicas', () => {
    test('a reader and a replica move to the group and back', async (context) => {
      ok(await sdk.client.createResourceGroup({ resource_group: name, config: closed }));
      const transferNode = (source: string, target: string, num_node = 1) =>
        sdk.client.transferNode({ source_resource_group: source, target_resource_group: target, num_node });
      failsWith(await transferNode(name, DEFAULT), 304, /not enough/);
      failsWith(await transferNode(DEFAULT, DEFAULT), 1100, /same/);
      failsWith(await transferNode(DEFAULT, 'nobody'), 300, /not found/);
      const collection_name = await createLoaded(sdk, 'moved', {
        fields: [keyField, vectorField(4)],
        index: { index_type: 'FLAT', metric_type: 'L2' },
      });
      ok(
        await sdk.client.insert({
          collection_name,
          data: Array.from({ length: 20 }, (_, id) => ({ id, vector: [id, 0, 0, 0] })),
        } as never),
      );
      ok((await sdk.client.flushSync({ collection_names: [collection_name] })) as never);
      const transferReplica = (source: string, target: string, num_replica = 1) =>
        sdk.client.transferReplica({
          collection_name,
          source_resource_group: source,
          target_resource_group: target,
          num_replica,
        });
      failsWith(await transferReplica(DEFAULT, name), 304, /not enough/);
      failsWith(await transferReplica(DEFAULT, 'nobody'), 300, /not found/);
      // The one reader of a single process is everybody's.
      if ((await nodes(DEFAULT)) < 2) return context.skip('there is only one reader');

      ok(await transferNode(DEFAULT, name));
      expect(await nodes(name)).toBe(1);
      failsWith(await transferReplica(DEFAULT, name, 2), 304, /not enough/);
      ok(await transferReplica(DEFAULT, name));
      failsWith(await transferReplica(DEFAULT, name), 304, /not enough/);
      const replicas = await replicasOf(collection_name);
      expect(replicas.map(({ resource_group_name, node_ids }) => [resource_group_name, node_ids.length])).toEqual([
        [name, 1],
      ]);
      const group = ok(await sdk.client.describeResourceGroup({ resource_group: name })).resource_group;
      expect(group.num_loaded_replica).toEqual({ [collection_name]: 1 });
      const strong = { collection_name, consistency_level: 'Strong' as never };
      const count = async () => ok(await sdk.client.count(strong)).data;
      expect(await count()).toBe(20);
      failsWith(await sdk.client.dropResourceGroup({ resource_group: name }), 1100, /cannot be dropped/);
      ok(await transferReplica(name, DEFAULT));
      ok(await transferNode(name, DEFAULT));
      expect(await nodes(name)).toBe(0);
      expect(await count()).toBe(20);
      ok(await sdk.client.dropResourceGroup({ resource_group: name }));
    });
  });

  feature('replicas in groups', () => {
    test('a load names its groups', async () => {
      const collection_name = await createLoaded(sdk, 'grouped', {
        fields: [keyField, vectorField(4)],
        index: { index_type: 'FLAT', metric_type: 'L2' },
      });
      const load = (resource_groups: string[], replica_number = 1) =>
        sdk.client.loadCollectionAsync({ collection_name, resource_groups, replica_number } as never);
      failsWith(await load(['nobody']), 300, /not found/);
      failsWith(await load([DEFAULT, DEFAULT], 3), 1100, /resource group num can only be/);
      ok(await load([DEFAULT]));
      if ((await nodes(DEFAULT)) > 1) {
        ok(await load([DEFAULT], 2));
        expect(await replicasOf(collection_name)).toHaveLength(2);
        ok(await load([DEFAULT], 1));
      }
      expect(await replicasOf(collection_name)).toHaveLength(1);
    });
  });
});

httpChapter('Resource groups', (rest) => {
  feature('create, describe, alter, drop', () => {
    test('over HTTP', async () => {
      const name = uniqueName('group');
      okData(
        await rest.post('resource_groups/create', {
          name,
          config: { requests: { node_num: 0 }, limits: { node_num: 1 } },
        }),
      );
      expect(okData(await rest.post('resource_groups/list', {}))).toContain(name);
      const described = okData(await rest.post('resource_groups/describe', { name })) as { resource_group: object };
      expect(described.resource_group).toMatchObject({ name, config: { limits: { node_num: 1 } } });
      expect(await rest.post('resource_groups/drop', { name })).toMatchObject({ code: 1100 });
      expect(
        await rest.post('resource_groups/transfer_replica', {
          sourceRgName: DEFAULT,
          targetRgName: name,
          collectionName: 'nobody',
          replicaNum: 1,
        }),
      ).toMatchObject({ code: 100 });
      okData(await rest.post('resource_groups/alter', { resource_groups: { [name]: closed } }));
      okData(await rest.post('resource_groups/drop', { name }));
    });
  });
});
