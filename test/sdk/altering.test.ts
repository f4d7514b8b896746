import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { keyField, until, vectorField } from './support/rows.ts';

async function createTagged(sdk: Sdk): Promise<string> {
  const collection_name = sdk.name('altered');
  ok(
    await sdk.client.createCollection({
      collection_name,
      description: 'first',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'title', data_type: DataType.VarChar, max_length: 10 },
        { name: 'tags', data_type: DataType.Array, element_type: DataType.Int64, max_capacity: 2 },
        { name: 'vector', data_type: DataType.FloatVector, dim: 4 },
      ],
      index_params: [{ field_name: 'vector', index_name: 'v', index_type: 'HNSW', metric_type: 'L2' }],
    }),
  );
  return collection_name;
}

const pairs = (list: readonly { readonly key: string; readonly value: unknown }[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, String(value)]));

chapter('Altering', (sdk) => {
  feature('properties of a collection', () => {
    test('known ones are checked, unknown ones kept, description and level changed', async () => {
      const { client } = sdk;
      const collection_name = await createTagged(sdk);
      const alter = (properties: Record<string, string>) =>
        client.alterCollectionProperties({ collection_name, properties });
      ok(await alter({ 'mine.own': 'a', 'partitionkey.isolation': 'false' }));
      ok(await alter({ 'collection.description': 'second', consistency_level: 'Strong' }));
      const described = ok(await client.describeCollection({ collection_name }));
      expect(pairs(described.properties)).toEqual({
        'mine.own': 'a',
        'partitionkey.isolation': 'false',
        timezone: 'UTC',
      });
      expect(described.schema.description).toBe('second');
      expect(described.consistency_level).toBe('Strong');
      failsWith(await alter({ 'mmap.enabled': 'maybe' }), 1100, /invalid mmap.enabled value/);
      failsWith(await alter({ timezone: 'Mars' }), 1100, /invalid timezone, should be a IANA timezone name: Mars/);
      failsWith(await alter({ consistency_level: 'Loose' }), 1100, /consistency_level/);
      failsWith(await alter({ ttl_field: 'nope' }), 1100, /ttl field name nope not found in schema/);
    });

    test('mmap of a loaded collection stays as it is (104)', async () => {
      const { client } = sdk;
      const collection_name = await createTagged(sdk);
      const properties = { 'mmap.enabled': 'true' };
      failsWith(await client.alterCollectionProperties({ collection_name, properties }), 104, /loaded/);
      ok(await client.releaseCollection({ collection_name }));
      ok(await client.alterCollectionProperties({ collection_name, properties }));
    });
  });

  feature('properties of a field', () => {
    test('length, capacity, description and mmap', async () => {
      const { client } = sdk;
      const collection_name = await createTagged(sdk);
      const alter = (field_name: string, properties: Record<string, string | number>) =>
        client.alterCollectionFieldProperties({ collection_name, field_name, properties });
      const row = { id: 1, title: 'x'.repeat(20), tags: [1, 2, 3], vector: [1, 2, 3, 4] };
      failsWith(await client.insert({ collection_name, data: [row] }), 1100, /title|length/);
      ok(await alter('title', { max_length: 20 }));
      failsWith(await client.insert({ collection_name, data: [row] }), 1100, /tags|capacity/);
      ok(await alter('tags', { max_capacity: 3 }));
      ok(await client.insert({ collection_name, data: [row] }));
      failsWith(await alter('id', { max_length: 20 }), 1100, /can not modify the maxlength for non-string types/);
      failsWith(await alter('title', { max_capacity: 20 }), 1100, /can not modify the maxcapacity/);
      failsWith(await alter('title', { max_length: 70_000 }), 1100, /length/);
      failsWith(await alter('title', { colour: 'red' }), 1100, /not allowed/);
      failsWith(await alter('nothing', { max_length: 20 }), 1700, /field not found/);
      ok(await client.releaseCollection({ collection_name }));
      ok(await alter('title', { 'mmap.enabled': 'true' }));
      const { fields } = ok(await client.describeCollection({ collection_name })).schema;
      expect(pairs(fields.find(({ name }) => name === 'title')!.type_params)).toMatchObject({
        max_length: '20',
        'mmap.enabled': 'true',
      });
      expect(pairs(fields.find(({ name }) => name === 'tags')!.type_params)).toMatchObject({ max_capacity: '3' });
    });
  });

  feature('properties of a database', () => {
    test('a limit of collections holds, a time zone is checked', async () => {
      const { client } = sdk;
      const db_name = uniqueName('altered');
      ok(await client.createDatabase({ db_name }));
      failsWith(await client.alterDatabase({ db_name, properties: { timezone: 'Nowhere/City' } }), 1100, /timezone/);
      ok(
        await client.alterDatabase({ db_name, properties: { 'database.max.collections': 1, timezone: 'Asia/Tokyo' } }),
      );
      expect(pairs(ok(await client.describeDatabase({ db_name })).properties)).toEqual({
        'database.max.collections': '1',
        timezone: 'Asia/Tokyo',
      });
      const schema = { fields: [keyField, vectorField(4)] };
      ok(await client.createCollection({ db_name, collection_name: 'one', ...schema }));
      // The SDK throws here: some lines the status, some an error with its reason.
      const second = await client
        .createCollection({ db_name, collection_name: 'two', ...schema })
        .catch((thrown) => thrown);
      expect(second.reason ?? second.message).toMatch(/exceeded the limit number of collections/);
      ok(await client.dropCollection({ db_name, collection_name: 'one' }));
      ok(await client.dropDatabase({ db_name }));
    });
  });

  feature('what has aliases', () => {
    test('is not dropped and does not leave its database', async () => {
      const { client } = sdk;
      const collection_name = await createTagged(sdk);
      const alias = uniqueName('alias');
      ok(await client.createAlias({ collection_name, alias }));
      failsWith(await client.dropCollection({ collection_name }), 1100, /associated aliases/);
      failsWith(await client.dropCollection({ collection_name: alias }), 1100, /via alias/);
      const db_name = uniqueName('other');
      ok(await client.createDatabase({ db_name }));
      const move = { collection_name, new_collection_name: collection_name, new_db_name: db_name };
      failsWith(await client.renameCollection(move as never), 1100, /must drop all aliases/);
      ok(await client.dropAlias({ alias }));
      ok(await client.renameCollection(move as never));
      expect(ok(await client.showCollections({ db_name })).data.map(({ name }) => name)).toEqual([collection_name]);
      ok(await client.dropCollection({ db_name, collection_name }));
      ok(await client.dropDatabase({ db_name }));
    });
  });

  if (sdk.since('2.6')) {
    feature('truncate', () => {
      test('readers see all of the rows or none', async () => {
        const { client } = sdk;
        const collection_name = sdk.name('truncated');
        ok(await client.createCollection({ collection_name, dimension: 4, consistency_level: 'Strong' } as never));
        const data = Array.from({ length: 500 }, (_, id) => ({ id, vector: [id, 1, 2, 3] }));
        const count = async () => {
          const answer = await client.query({ collection_name, filter: '', output_fields: ['count(*)'] });
          return Number(ok(answer).data[0]!['count(*)']);
        };
        for (let round = 0; round < 3; round++) {
          ok(await client.insert({ collection_name, data: data.slice(0, 250) }));
          ok(await client.flushSync({ collection_names: [collection_name] }));
          ok(await client.insert({ collection_name, data: data.slice(250) }));
          expect(await count()).toBe(500);
          const seen: number[] = [];
          const reads = Array.from({ length: 4 }, async () => {
            for (let i = 0; i < 15; i++) seen.push(await count());
          });
          ok((await client.truncateCollection({ collection_name })) as never);
          await Promise.all(reads);
          expect(seen.filter((rows) => rows !== 0 && rows !== 500)).toEqual([]);
          expect(await count()).toBe(0);
        }
      });
    });
  }
});

chapter('Nodes and groups', (sdk) => {
  feature('system info and the default resource group', () => {
    test('agree about the readers; there is a rootcoord', async () => {
      const { client } = sdk;
      const metrics = ok(await client.getMetric({ request: { metric_type: 'system_info' } }));
      const nodes = (metrics.response as { nodes_info: { infos: { type: string; has_error: boolean } }[] }).nodes_info;
      const types = nodes.map(({ infos }) => infos.type);
      expect(types).toContain('rootcoord');
      const groups = ok(await client.listResourceGroups());
      expect(groups.resource_groups).toContain('__default_resource_group');
      const readers = types.filter((type) => type === 'querynode').length;
      expect(readers).toBeGreaterThan(0);
      // Another chapter lends one of them to a group of its own for a moment.
      await until(async () => {
        const request = { resource_group: '__default_resource_group' };
        const { resource_group } = ok(await client.describeResourceGroup(request));
        expect(resource_group.nodes).toHaveLength(resource_group.num_available_node);
        return resource_group.num_available_node === readers;
      });
      failsWith(await client.describeResourceGroup({ resource_group: 'mine' }), 300, /resource group not found/);
    });
  });

  feature('health', () => {
    test('everything is well', async () => {
      const health = await sdk.client.checkHealth();
      expect(health).toMatchObject({ isHealthy: true, reasons: [] });
    });
  });
});
