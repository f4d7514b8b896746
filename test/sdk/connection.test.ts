import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { keyField, vectorField } from './support/rows.ts';

const fields = [keyField, vectorField(4)];

chapter('Connection', (sdk) => {
  feature('handshake', () => {
    test('the server says what it is', async () => {
      await sdk.client.connectPromise;
      expect(sdk.client.serverInfo).toMatchObject({ build_tags: expect.stringMatching(/^v2\.\d+\.\d+/) });
      expect((await sdk.client.getVersion()).version).toMatch(/^v2\.\d+\.\d+/);
    });

    test('credentials and unknown headers do no harm where nobody has to log in', async () => {
      const client = await sdk.connect({ username: 'root', password: 'Milvus' });
      ok(await client.listDatabases());
    });
  });

  feature('current database', () => {
    test('the database of the connection, of `use` and of a request', async () => {
      const [first, second] = [uniqueName('first'), uniqueName('second')];
      for (const db_name of [first, second]) ok(await sdk.client.createDatabase({ db_name }));
      const client = await sdk.connect({ database: first });
      const collection_name = 'here';
      ok(await client.createCollection({ collection_name, fields }));
      expect((await client.hasCollection({ collection_name })).value).toBe(true);
      ok(await client.use({ db_name: second }));
      expect((await client.hasCollection({ collection_name })).value).toBe(false);
      expect((await client.hasCollection({ collection_name, db_name: first })).value).toBe(true);
      expect(ok(await client.describeCollection({ collection_name, db_name: first })).db_name).toBe(first);
      ok(await client.dropCollection({ collection_name, db_name: first }));
      for (const db_name of [first, second]) ok(await sdk.client.dropDatabase({ db_name }));
    });

    test('an unknown database is an error of the first call', async () => {
      const client = await sdk.connect({ database: 'nowhere' });
      failsWith(await client.showCollections(), 800, /database not found/);
    });
  });

  feature('deadlines', () => {
    test('a call that may take no time ends in time or with the time-out of gRPC', async () => {
      const call = sdk.client.listDatabases({ timeout: 1 } as never);
      const outcome = await call.then(
        () => 'answered',
        (error: Error) => error.message,
      );
      expect(outcome).toMatch(/answered|DEADLINE_EXCEEDED/);
      ok(await sdk.client.listDatabases());
    });
  });

  feature('many clients', () => {
    test('5 clients at once', async () => {
      const { address } = sdk.deployment;
      const clients = Array.from({ length: 5 }, () => new MilvusClient({ address, logLevel: 'error' }));
      const answers = await Promise.all(clients.map((client) => client.getVersion()));
      expect(new Set(answers.map(({ version }) => version)).size).toBe(1);
      await Promise.all(clients.map((client) => client.closeConnection()));
    });
  });
});
