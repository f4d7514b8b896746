import { DataType, ShowCollectionsType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, throwsWith } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField } from './support/rows.ts';

const DIM = 4;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields = [
  keyField,
  vectorField(DIM),
  { name: 'title', data_type: DataType.VarChar, max_length: 64, description: 'of a film' },
];
const rows = rowsOf(10, DIM, (i) => ({ title: `film ${i}` }));

chapter('Collections', (sdk) => {
  feature('create, describe, drop', () => {
    test('described as it was created', async () => {
      const collection_name = sdk.name('described');
      ok(
        await sdk.client.createCollection({
          collection_name,
          fields,
          description: 'films',
          shards_num: 2,
          consistency_level: 'Session',
          properties: { 'collection.ttl.seconds': 3_600 },
        }),
      );
      const described = ok(await sdk.client.describeCollection({ collection_name }));
      expect(described).toMatchObject({
        collection_name,
        db_name: 'default',
        consistency_level: 'Session',
        shards_num: 2,
        aliases: [],
        schema: { name: collection_name, description: 'films', enable_dynamic_field: false },
      });
      expect(Number(described.collectionID)).toBeGreaterThan(0);
      expect(described.virtual_channel_names).toHaveLength(2);
      expect(described.properties).toContainEqual({ key: 'collection.ttl.seconds', value: '3600' });
      expect(Math.abs(Number(described.created_utc_timestamp) - Date.now())).toBeLessThan(60_000);
      expect(described.schema.fields.map(({ fieldID, name, data_type }) => [fieldID, name, data_type])).toEqual([
        ['100', 'id', 'Int64'],
        ['101', 'vector', 'FloatVector'],
        ['102', 'title', 'VarChar'],
      ]);
      expect(described.schema.fields[2]).toMatchObject({
        description: 'of a film',
        type_params: [{ key: 'max_length', value: '64' }],
      });
      ok(await sdk.client.dropCollection({ collection_name }));
      expect((await sdk.client.hasCollection({ collection_name })).value).toBe(false);
    });

    test('creating it again is no error when it is the same, and one when it is not', async () => {
      const collection_name = sdk.name('again');
      ok(await sdk.client.createCollection({ collection_name, fields }));
      ok(await sdk.client.createCollection({ collection_name, fields }));
      const other = [keyField, vectorField(DIM + 1)];
      await throwsWith(sdk.client.createCollection({ collection_name, fields: other }), 1100, /duplicate collection/);
    });

    test('dropping what is not there is no error; describing it is', async () => {
      ok(await sdk.client.dropCollection({ collection_name: 'nobody' }));
      const answer = await sdk.client.describeCollection({ collection_name: 'nobody' });
      failsWith(answer, 100, /can't find collection.*\[database=default\].*\[collection=nobody\]/);
    });
  });

  feature('list', () => {
    test('all, and the loaded ones', async () => {
      const unloaded = sdk.name('unloaded');
      ok(await sdk.client.createCollection({ collection_name: unloaded, fields }));
      const loaded = await createLoaded(sdk, 'loaded', { fields, index });
      const namesOf = async (type: ShowCollectionsType) =>
        ok(await sdk.client.showCollections({ type } as never)).data.map(({ name }) => name);
      const all = await namesOf(ShowCollectionsType.All);
      expect(all).toContain(unloaded);
      expect(all).toContain(loaded);
      const inMemory = await namesOf(ShowCollectionsType.Loaded);
      expect(inMemory).toContain(loaded);
      expect(inMemory).not.toContain(unloaded);
    });
  });

  feature('rename', () => {
    test('rows stay under the new name; a name in use is refused', async () => {
      const old = await createLoaded(sdk, 'old', { fields, index, rows });
      const other = sdk.name('other');
      const fresh = sdk.name('fresh');
      ok(await sdk.client.createCollection({ collection_name: other, fields }));
      const taken = await sdk.client.renameCollection({ collection_name: old, new_collection_name: other });
      failsWith(taken, 1100, /duplicated|already/);
      ok(await sdk.client.renameCollection({ collection_name: old, new_collection_name: fresh }));
      expect((await sdk.client.hasCollection({ collection_name: old })).value).toBe(false);
      expect(ok(await sdk.client.count({ collection_name: fresh })).data).toBe(rows.length);
    });

    test('into another database', async () => {
      const db_name = uniqueName('target');
      ok(await sdk.client.createDatabase({ db_name }));
      const moved = await createLoaded(sdk, 'moved', { fields, index, rows });
      ok(
        await sdk.client.renameCollection({
          collection_name: moved,
          new_collection_name: 'arrived',
          new_db_name: db_name,
        } as never),
      );
      const there = { collection_name: 'arrived', db_name };
      expect(ok(await sdk.client.describeCollection(there)).db_name).toBe(db_name);
      expect(ok(await sdk.client.count(there)).data).toBe(rows.length);
      ok(await sdk.client.dropCollection(there));
      ok(await sdk.client.dropDatabase({ db_name }));
    });
  });

  feature('statistics', () => {
    test('rows are counted as they are stored', async () => {
      const collection_name = await createLoaded(sdk, 'counted', { fields, index });
      const rowCount = async () =>
        Number(ok(await sdk.client.getCollectionStatistics({ collection_name })).data.row_count);
      expect(await rowCount()).toBe(0);
      ok(await sdk.client.insert({ collection_name, data: rows }));
      await sdk.client.flushSync({ collection_names: [collection_name] });
      expect(await rowCount()).toBe(rows.length);
    });
  });

  feature('properties', () => {
    test('are set, changed and taken away', async () => {
      const collection_name = sdk.name('altered');
      ok(await sdk.client.createCollection({ collection_name, fields }));
      const propertiesOf = async () => {
        const { properties } = ok(await sdk.client.describeCollection({ collection_name }));
        return Object.fromEntries(properties.map(({ key, value }) => [key, value]));
      };
      ok(await sdk.client.alterCollectionProperties({ collection_name, properties: { 'collection.ttl.seconds': 60 } }));
      expect(await propertiesOf()).toMatchObject({ 'collection.ttl.seconds': '60' });
      ok(await sdk.client.alterCollectionProperties({ collection_name, properties: { 'mmap.enabled': true } }));
      expect(await propertiesOf()).toMatchObject({ 'collection.ttl.seconds': '60', 'mmap.enabled': 'true' });
      ok(await sdk.client.dropCollectionProperties({ collection_name, properties: ['collection.ttl.seconds'] }));
      expect(await propertiesOf()).not.toHaveProperty('collection.ttl.seconds');
    });
  });

  feature('alter a field', () => {
    test('the longest text', async () => {
      const collection_name = await createLoaded(sdk, 'longer', { fields, index });
      ok(
        await sdk.client.alterCollectionFieldProperties({
          collection_name,
          field_name: 'title',
          properties: { max_length: 8 },
        } as never),
      );
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      expect(schema.fields[2]!.type_params).toContainEqual({ key: 'max_length', value: '8' });
      const row = { ...rows[0]!, title: '123456789' };
      failsWith(await sdk.client.insert({ collection_name, data: [row] }), 1100, /max(_| )?length/i);
      ok(await sdk.client.insert({ collection_name, data: [{ ...row, title: '12345678' }] }));
    });
  });

  if (sdk.since('2.6')) {
    feature('add a field', () => {
      test('old rows have its default or null', async () => {
        const collection_name = await createLoaded(sdk, 'grown', { fields, index, rows });
        ok(
          await sdk.client.addCollectionField({
            collection_name,
            field: { name: 'year', data_type: DataType.Int32, nullable: true },
          }),
        );
        ok(
          await sdk.client.addCollectionField({
            collection_name,
            field: { name: 'stars', data_type: DataType.Int64, nullable: true, default_value: 3 },
          }),
        );
        // SDK 2.6 keeps the schema it knows.
        const client = await sdk.connect();
        const row = { ...rows[0]!, id: 100, year: 1999, stars: 5 };
        ok(await client.insert({ collection_name, data: [row as never] }));
        const { data } = ok(
          await sdk.client.query({
            collection_name,
            filter: 'id in [1, 100]',
            output_fields: ['id', 'year', 'stars'],
          }),
        );
        expect(data).toEqual([
          { id: '1', year: null, stars: '3' },
          { id: '100', year: 1999, stars: '5' },
        ]);
        const refused = await sdk.client.addCollectionField({
          collection_name,
          field: { name: 'must', data_type: DataType.Int32 },
        });
        failsWith(refused, 1100, /nullable/);
      });
    });

    feature('truncate', () => {
      test('rows go, schema, index and load state stay', async () => {
        const collection_name = await createLoaded(sdk, 'emptied', { fields, index, rows });
        ok(await sdk.client.truncateCollection({ collection_name }));
        expect(ok(await sdk.client.count({ collection_name })).data).toBe(0);
        expect(ok(await sdk.client.getLoadState({ collection_name })).state).toBe('LoadStateLoaded');
        ok(await sdk.client.insert({ collection_name, data: rows.slice(0, 3) }));
        expect(ok(await sdk.client.count({ collection_name })).data).toBe(3);
        failsWith(await sdk.client.truncateCollection({ collection_name: 'nobody' }), 100, /can't find collection/);
      });
    });

    feature('describe many at once', () => {
      test('by names', async () => {
        const names = [sdk.name('one'), sdk.name('two')];
        for (const collection_name of names) ok(await sdk.client.createCollection({ collection_name, fields }));
        const { responses } = ok(await sdk.client.batchDescribeCollections({ collection_names: names } as never));
        expect(responses.map(({ collection_name }) => collection_name)).toEqual(names);
      });
    });
  }

  feature('limits', () => {
    let collection_name: string;
    beforeAll(() => {
      collection_name = sdk.name('refused');
    });

    test.each([
      ['no key', [vectorField(DIM)], 1100, /primary/],
      ['two keys', [keyField, { ...keyField, name: 'other' }, vectorField(DIM)], 1100, /primary/],
      ['a dimension of 1', [keyField, vectorField(1)], 1100, /invalid dimension/],
      ['a dimension of 32769', [keyField, vectorField(32_769)], 1100, /invalid dimension/],
      ['a field twice', [keyField, vectorField(DIM), vectorField(DIM)], 1100, /duplicate/],
      ['a name with a blank', [keyField, { ...vectorField(DIM), name: 'no name' }], 1701, /field name/i],
    ])('%s', async (_, broken, code, reason) => {
      await throwsWith(sdk.client.createCollection({ collection_name, fields: broken as never }), code, reason);
    });
  });
});
