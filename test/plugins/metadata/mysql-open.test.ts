import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METADATA_LIMITS } from '../../../plugins/metadata/limits.ts';
import type { MysqlOptions } from '../../../plugins/metadata/mysql/mysql-options.ts';
import mysql from '../../../plugins/metadata/mysql.ts';
import { collectionRecord, databaseRecord, lead, leadWithCollection } from '../../contract/metadata/records.ts';
import { type Certificates, createCertificates, missingOpenssl } from '../../servers/certificates.ts';
import { freePort } from '../../servers/free-port.ts';
import { Mariadb, missingMariadb } from '../../servers/mariadb.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { testHost } from './test-host.ts';

const missing = missingMariadb() ?? missingOpenssl();

describe.runIf(mayRunWith('mariadb', missing))('opening mysql', { timeout: 60_000 }, () => {
  let folder: string;
  let certificates: Certificates;
  let otherName: Certificates;
  let server: Mariadb;

  const open = (options: MysqlOptions) => {
    const { host, port, user, password } = server;
    return mysql.open({ host, port, user, password, ...options }, testHost(folder));
  };
  const problemOf = async (options: MysqlOptions) => {
    const thrown = await open(options).then(
      () => undefined,
      (error: unknown) => error,
    );
    return thrown as { kind: string; message: string };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'braid-mysql-open-'));
    certificates = await createCertificates(folder, 'server', 'DNS:localhost');
    otherName = await createCertificates(folder, 'other-name', 'DNS:elsewhere.example');
    server = await Mariadb.start([
      `--ssl-ca=${certificates.caFile}`,
      `--ssl-cert=${certificates.certFile}`,
      `--ssl-key=${certificates.keyFile}`,
    ]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('nobody listens: serviceUnavailable, with the address', async () => {
    const port = await freePort();
    const problem = await problemOf({ port, database: 'x' });
    expect(problem.kind).toBe('serviceUnavailable');
    expect(problem.message).toContain(`127.0.0.1:${port}/x`);
    expect(problem.message).toContain('ECONNREFUSED');
  });

  test('a wrong password: said at once, and not with the password', async () => {
    const startMs = performance.now();
    const problem = await problemOf({ password: 'wrong-secret', database: 'x' });
    expect(performance.now() - startMs).toBeLessThan(METADATA_LIMITS.retryWindowMs);
    expect(problem.kind).toBe('internal');
    expect(problem.message).toContain('refuses the user or the password');
    expect(JSON.stringify(problem)).not.toContain('wrong-secret');
  });

  test('a missing database is created, whatever its name', async () => {
    await using store = await open({ database: 'new `one` --x' });
    await lead(store);
    const rows = await server.query(
      "select table_collation from information_schema.tables where table_schema = 'new `one` --x' and table_name = 'braid_collections'",
    );
    expect(rows).toEqual([{ table_collation: 'utf8mb4_nopad_bin' }]);
  });

  test('a missing database that the user may not create: the message has the statements to run', async () => {
    await server.query("create user 'narrow'@'%' identified by 'p'");
    const problem = await problemOf({ user: 'narrow', password: 'p', database: 'not_mine' });
    expect(problem.kind).toBe('internal');
    const statements = /run: (.*)$/.exec(problem.message)![1]!.split('; ');
    expect(statements[0]).toContain('CREATE DATABASE');
    await server.query(...statements);
    await using store = await open({ user: 'narrow', password: 'p', database: 'not_mine' });
    await leadWithCollection(store);
  });

  test('a user who may only read is told', async () => {
    await server.query(
      'create database readable',
      "create user 'reader'@'%' identified by 'p'",
      "grant select on readable.* to 'reader'@'%'",
    );
    const problem = await problemOf({ user: 'reader', password: 'p', database: 'readable' });
    expect(problem.kind).toBe('internal');
    expect(problem.message).toContain('lacks a right');
  });

  test('tables of a newer version are refused', async () => {
    await (await open({ database: 'newer' }))[Symbol.asyncDispose]();
    await server.query("insert into newer.braid_migrations values ('0002_later', '2026-01-01T00:00:00.000Z')");
    const problem = await problemOf({ database: 'newer' });
    expect(problem.kind).toBe('internal');
    expect(problem.message).toContain('another version of braid');
  });

  test('a migration that broke off in the middle is done again', async () => {
    await (await open({ database: 'half' }))[Symbol.asyncDispose]();
    await server.query('delete from half.braid_migrations', 'drop table half.braid_delete_files, half.braid_segments');
    await using store = await open({ database: 'half' });
    await leadWithCollection(store);
  });

  test('many who open an empty server at once agree on the tables', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => open({ database: 'crowded', poolSize: 2 })));
    const leases = await Promise.all(stores.map((store, i) => store.acquireLease(`writer-${i}`, 60_000)));
    expect(leases.filter((lease) => lease !== undefined)).toEqual([expect.objectContaining({ term: 1 })]);
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  test('with tls the connection is encrypted', async () => {
    await server.query(
      'create database secure',
      "create user 'tls_only'@'%' identified by 'p' require ssl",
      "grant all on secure.* to 'tls_only'@'%'",
    );
    const account = { user: 'tls_only', password: 'p', database: 'secure', host: 'localhost' };
    await using store = await open({ ...account, tls: { caFile: certificates.caFile } });
    expect(await store.catalogVersion()).toBe(0);
    expect((await problemOf(account)).kind).toBe('internal');
  });

  test('a certificate that cannot be verified is refused, before anything else is said', async () => {
    const { caFile } = await createCertificates(folder, 'other', 'DNS:localhost');
    const untrusted = await problemOf({ host: 'localhost', tls: { caFile } });
    expect(untrusted).toMatchObject({ kind: 'internal', message: expect.stringContaining('certificate') });

    await using elsewhere = await Mariadb.start([
      `--ssl-ca=${otherName.caFile}`,
      `--ssl-cert=${otherName.certFile}`,
      `--ssl-key=${otherName.keyFile}`,
    ]);
    const misnamed = await problemOf({ host: 'localhost', port: elsewhere.port, tls: { caFile: otherName.caFile } });
    expect(misnamed).toMatchObject({ kind: 'internal', message: expect.stringContaining('altnames') });
  });

  test('tls with an address or without its file is refused', async () => {
    const address = await problemOf({ tls: {} });
    expect(address).toMatchObject({ kind: 'internal', message: expect.stringContaining('127.0.0.1') });
    const absent = await problemOf({ host: 'localhost', tls: { caFile: 'absent.pem' } });
    expect(absent).toMatchObject({ kind: 'parameterInvalid', message: expect.stringContaining('absent.pem') });
  });

  test('values travel as parameters, never inside the text of SQL', async () => {
    const canary = "canary'; drop table braid_collections; --";
    await using store = await open({ database: 'canaries' });
    await server.query('set global general_log = 1');
    const leader = await lead(store, canary);
    const collection = collectionRecord({ name: canary, properties: { [canary]: canary } });
    await leader.apply(
      { kind: 'putDatabase', database: databaseRecord({ name: canary }) },
      { kind: 'putCollection', collection },
      { kind: 'putAlias', alias: { databaseId: 1, name: canary, collectionId: 2 } },
    );
    await leader.apply({ kind: 'dropAlias', databaseId: 1, name: canary });
    await server.query('set global general_log = 0');
    const log = await readFile(server.generalLogPath, 'utf8');
    const lines = log.split('\n').filter((line) => line.includes('canary') && !line.includes('Execute'));
    expect(log).toContain('canary');
    // The log spells out what was executed; what was prepared or sent as text must not hold a value.
    expect(lines.filter((line) => /\b(Query|Prepare)\t/.test(line))).toEqual([]);
  });

  test('connections are bounded, and closed with the store', async () => {
    const store = await open({ database: 'sessions', poolSize: 3 });
    await Promise.all(Array.from({ length: 10 }, () => store.readCatalog()));
    const rows = await server.query("select count(*) as n from information_schema.processlist where db = 'sessions'");
    expect(rows[0]!['n']).toBeGreaterThan(1);
    expect(rows[0]!['n']).toBeLessThanOrEqual(3);
    await store[Symbol.asyncDispose]();
    const after = await server.query("select count(*) as n from information_schema.processlist where db = 'sessions'");
    expect(after).toEqual([{ n: 0 }]);
  });
});
