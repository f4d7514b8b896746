import { expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';

chapter('Databases', (sdk) => {
  feature('create, list, describe, drop', () => {
    test('default is always there', async () => {
      const { db_names, db_ids, created_timestamp } = ok(await sdk.client.listDatabases());
      expect(db_names).toContain('default');
      expect(db_ids).toHaveLength(db_names.length);
      expect(created_timestamp).toHaveLength(db_names.length);
    });

    test('a database lives from its creation to its drop', async () => {
      const db_name = uniqueName('life');
      ok(await sdk.client.createDatabase({ db_name }));
      expect((await sdk.client.listDatabases()).db_names).toContain(db_name);
      const described = ok(await sdk.client.describeDatabase({ db_name }));
      expect(described.db_name).toBe(db_name);
      expect(Number(described.dbID)).toBeGreaterThan(0);
      ok(await sdk.client.dropDatabase({ db_name }));
      expect((await sdk.client.listDatabases()).db_names).not.toContain(db_name);
      failsWith(await sdk.client.describeDatabase({ db_name }), 800, /database not found/);
    });

    test('a name can be used once', async () => {
      const db_name = uniqueName('twice');
      ok(await sdk.client.createDatabase({ db_name }));
      failsWith(await sdk.client.createDatabase({ db_name }), 1100, /already exist/);
      ok(await sdk.client.dropDatabase({ db_name }));
    });
  });
});
