import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 4;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields = [keyField, vectorField(DIM)];

chapter('Aliases', (sdk) => {
  let first: string;
  let second: string;
  beforeAll(async () => {
    first = await createLoaded(sdk, 'first', { fields, index, rows: rowsOf(3, DIM, () => ({})) });
    second = await createLoaded(sdk, 'second', { fields, index, rows: rowsOf(5, DIM, () => ({})) });
  });

  feature('create, describe, list, alter, drop', () => {
    test('an alias moves from one collection to the other', async () => {
      const alias = uniqueName('current');
      ok(await sdk.client.createAlias({ collection_name: first, alias }));
      ok(await sdk.client.createAlias({ collection_name: first, alias }));
      expect(ok(await sdk.client.describeAlias({ collection_name: first, alias }))).toMatchObject({
        alias,
        collection: first,
      });
      expect(ok(await sdk.client.listAliases({ collection_name: first })).aliases).toEqual([alias]);
      expect(ok(await sdk.client.describeCollection({ collection_name: first })).aliases).toEqual([alias]);
      expect(ok(await sdk.client.count({ collection_name: alias })).data).toBe(3);
      ok(await sdk.client.alterAlias({ collection_name: second, alias }));
      expect(ok(await sdk.client.count({ collection_name: alias })).data).toBe(5);
      expect(ok(await sdk.client.listAliases({ collection_name: first })).aliases).toEqual([]);
      ok(await sdk.client.dropAlias({ alias }));
      failsWith(await sdk.client.describeAlias({ collection_name: first, alias }), 1600, /alias/);
    });
  });

  feature('stands for the collection in every call', () => {
    test('insert, search, query, describe', async () => {
      const alias = uniqueName('films');
      ok(await sdk.client.createAlias({ collection_name: second, alias }));
      const row = { id: 77, vector: vectorOf(77, DIM) };
      ok(await sdk.client.insert({ collection_name: alias, data: [row] }));
      const { results } = ok(
        await sdk.client.search({ collection_name: alias, data: row.vector, limit: 1, output_fields: ['id'] }),
      );
      expect(results).toMatchObject([{ id: '77', score: 0 }]);
      expect(ok(await sdk.client.describeCollection({ collection_name: alias })).collection_name).toBe(second);
      ok(await sdk.client.delete({ collection_name: alias, filter: 'id == 77' }));
      expect(ok(await sdk.client.count({ collection_name: second })).data).toBe(5);
      ok(await sdk.client.dropAlias({ alias }));
    });
  });

  feature('conflicts', () => {
    test('with a collection, with another alias, with a drop', async () => {
      const alias = uniqueName('taken');
      failsWith(await sdk.client.createAlias({ collection_name: first, alias: second }), 1601, /collection name/);
      ok(await sdk.client.createAlias({ collection_name: first, alias }));
      failsWith(await sdk.client.createAlias({ collection_name: second, alias }), 1602, /alias/);
      failsWith(await sdk.client.alterAlias({ collection_name: first, alias: 'nobody' }), 1600, /alias/);
      failsWith(await sdk.client.createAlias({ collection_name: 'nobody', alias: 'x' }), 100, /find collection/);
      const dropped = await sdk.client.dropCollection({ collection_name: first });
      expect(dropped.reason).toMatch(/associated alias/);
      ok(await sdk.client.dropAlias({ alias }));
    });
  });
});
