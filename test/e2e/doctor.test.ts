import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../../examples/debian-packages/processes.ts';
import { Mariadb, missingMariadb } from '../servers/mariadb.ts';
import { CommandRunner } from './command-runner.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly seen: string;
  readonly todo: string;
}

const runner = new CommandRunner();
afterAll(() => runner[Symbol.dispose]());

/** Settings with free ports, and these. */
async function settings(name: string, more: object = {}): Promise<string> {
  const file = join(runner.folder, `${name}.yaml`);
  const ports = { router: { port: await freePort() }, management: { port: await freePort() } };
  writeFileSync(file, stringify({ dataFolder: join(runner.folder, name), ...ports, ...more }));
  return file;
}

async function examine(file: string): Promise<{ readonly exitCode: number | null; readonly found: Finding[] }> {
  const { exitCode, output, errors } = await runner.run(['doctor', '--config', file, '--json']);
  expect(errors).toBe('');
  return { exitCode, found: JSON.parse(output) as Finding[] };
}

const failed = (found: readonly Finding[]) => found.filter(({ state }) => state === 'fail');

describe('settings of one process', () => {
  test('all is well before the first start; every dependency has its line', async () => {
    const { exitCode, found } = await examine(await settings('well'));
    expect(failed(found)).toEqual([]);
    expect(exitCode).toBe(0);
    const checks = ['node', 'addon', 'data folder', 'log folder', 'memory', 'processor', 'ports', 'metadata'];
    checks.push('storage', 'discovery', 'cache');
    for (const check of checks) expect(found.map((finding) => finding.check)).toContain(check);
    expect(found.find(({ check }) => check === 'storage')!.seen).toMatch(/put, read, listed and deleted/);
  });

  test('a port that somebody has: who, what to do, exit code 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const { exitCode, found } = await examine(await settings('taken', { router: { port } }));
    server.close();
    expect(exitCode).toBe(1);
    expect(failed(found)).toEqual([
      expect.objectContaining({ check: 'ports', seen: expect.stringContaining(`127.0.0.1:${port} is in use by`) }),
    ]);
    if (process.platform === 'linux') expect(failed(found)[0]!.seen).toContain(`process ${process.pid} `);
  });

  test('a data folder that is a file', async () => {
    const { exitCode, found } = await examine(await settings('file', { dataFolder: '/dev/null' }));
    expect(exitCode).toBe(1);
    expect(failed(found).map(({ check }) => check)).toContain('data folder');
  });

  test('a MySQL, a registry, a cache and a collector that are not there', async () => {
    const nobody = await freePort();
    const file = await settings('nobody', {
      metadata: { use: 'mysql', with: { host: '127.0.0.1', port: nobody } },
      discovery: { use: 'static', with: { writer: `127.0.0.1:${nobody}`, readers: [] } },
      roles: ['router'],
      cache: { use: 'redis', with: { cluster: 'test', url: `redis://127.0.0.1:${nobody}` } },
      tracing: { use: 'otlp', with: { endpoint: `http://127.0.0.1:${nobody}` } },
    });
    const { exitCode, found } = await examine(file);
    expect(exitCode).toBe(1);
    expect(failed(found).map(({ check }) => check)).toEqual(['metadata']);
    const warned = found.filter(({ state }) => state === 'warn').map(({ check }) => check);
    expect(warned).toEqual(expect.arrayContaining(['discovery', 'cache', 'tracing']));
    for (const { todo } of found.filter(({ state }) => state !== 'ok')) expect(todo).not.toBe('');
  });

  test('for a person: a line each, and what to do below', async () => {
    const { output } = await runner.run(['doctor', '--config', await settings('person')]);
    expect(output).toMatch(/^ok {4}node: 2\d\./);
    expect(output).toMatch(/\n\n(\d+ to look at, )?\d+ well\n$/);
    expect(output).toMatch(/^ok {4}metadata: sqlite: catalog version \d+, no writer leads$/m);
  });
});

describe.each([
  ['a running process', {}],
  ['one that asks who we are', { security: { authorizationEnabled: true } }],
])('beside %s', (_process, more) => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await DEPLOYMENTS[0]!.start(more);
  }, 120_000);

  afterAll(async () => {
    await deployment?.[Symbol.asyncDispose]();
  });

  test('its ports are its own: no failure; the writer that leads is named', async () => {
    const { exitCode, found } = await examine(deployment.processes.started[0]!.configFile);
    expect(failed(found)).toEqual([]);
    expect(exitCode).toBe(0);
    const ports = found.filter(({ check, state }) => check === 'ports' && state === 'warn');
    expect(ports).toHaveLength(2);
    for (const { seen } of ports) expect(seen).toContain(`process ${deployment.processes.started[0]!.child.pid} `);
    expect(found.find(({ check }) => check === 'metadata')!.seen).toMatch(/leads \(term \d+\)/);
  });
});

test('in a cluster: who is listed, and who does not answer', async () => {
  await using cluster = await DEPLOYMENTS[1]!.start();
  const { started } = cluster.processes;
  const router = started.at(-1)!.configFile;
  const listed = (found: readonly Finding[]) => found.filter(({ check }) => check === 'discovery');
  const whole = listed((await examine(router)).found);
  expect(whole.map(({ state }) => state)).toEqual(['ok']);
  expect(whole[0]!.seen.match(/\((writer|reader)\)/g)!.sort()).toEqual([
    '(reader)',
    '(reader)',
    '(reader)',
    '(writer)',
  ]);
  const members = async () => (await examine(router)).found.filter(({ check }) => check === 'members');
  expect(await members()).toEqual([
    expect.objectContaining({ state: 'ok', seen: expect.stringMatching(/^4 nodes run Braid/) }),
  ]);
  await cluster.processes.kill(started.find(({ role }) => role === 'reader')!);
  const { exitCode, found } = await examine(router);
  expect(exitCode).toBe(0);
  expect(listed(found).map(({ state }) => state)).toEqual(['ok', 'warn']);
}, 120_000);

describe.skipIf(missingMariadb() !== undefined)('MySQL', () => {
  let server: Mariadb;

  beforeAll(async () => {
    server = await Mariadb.start();
  }, 120_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const options = (more: object) => ({ host: server.host, port: server.port, database: 'braid', ...more });

  test('version, clock and rights', async () => {
    const owner = { user: server.user, password: server.password };
    const { exitCode, found } = await examine(
      await settings('mysql', { metadata: { use: 'mysql', with: options(owner) } }),
    );
    expect(exitCode).toBe(0);
    const seen = found.filter(({ check }) => check === 'metadata').map((finding) => finding.seen);
    expect(seen).toEqual([
      expect.stringMatching(/answers in \d+ ms, version \d+\.\d+.*MariaDB/),
      expect.stringMatching(/its clock is \d+ ms (behind|ahead)/),
      expect.stringContaining('can be made'),
      expect.stringContaining('no writer leads'),
      expect.stringMatching(/^a read takes [\d.]+ ms/),
    ]);
  });

  test('a user that may only read: what to grant, exit code 1', async () => {
    const connection = await server.connect();
    await connection.query('create database if not exists braid');
    await connection.query("create user looker@'%' identified by 'looks'");
    await connection.query("grant select on braid.* to looker@'%'");
    await connection.end();
    const reader = { user: 'looker', password: 'looks' };
    const { exitCode, found } = await examine(
      await settings('reader', { metadata: { use: 'mysql', with: options(reader) } }),
    );
    expect(exitCode).toBe(1);
    expect(failed(found)).toEqual([
      expect.objectContaining({ check: 'metadata', todo: expect.stringContaining('GRANT') }),
    ]);
  });
});
