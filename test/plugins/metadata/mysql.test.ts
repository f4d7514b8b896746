import { afterAll, beforeAll, describe } from 'vitest';
import mysql from '../../../plugins/metadata/mysql.ts';
import { metadataContract } from '../../contract/metadata-contract.ts';
import { Mariadb, missingMariadb } from '../../servers/mariadb.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { testHost } from './test-host.ts';

describe.runIf(mayRunWith('mariadb', missingMariadb()))('mysql on a MariaDB server', () => {
  let server: Mariadb;
  let databases = 0;

  beforeAll(async () => {
    // Defaults that would break everything if we relied on them.
    server = await Mariadb.start([
      '--transaction-isolation=SERIALIZABLE',
      '--sql-mode=',
      '--default-time-zone=+05:30',
      '--autocommit=0',
      '--character-set-server=latin1',
      '--collation-server=latin1_general_ci',
    ]);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  metadataContract('mysql', async () => {
    const { host, port, user, password } = server;
    const database = `braid-${databases++}`;
    return {
      open: () => mysql.open({ host, port, user, password, database }, testHost('/nowhere')),
      // The databases go with the server.
      [Symbol.asyncDispose]: async () => undefined,
    };
  });
});
