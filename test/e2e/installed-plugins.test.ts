import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type BraidProcess, freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { collectionReady, createProvenCollection, impatientClient, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const EXAMPLES = ['discovery-http-json', 'routing-tenant-nodes'] as const;
const COLLECTION = 'tenants';
const PATIENCE = { timeout: 30_000, interval: 100 };
const run = promisify(execFile);

/** A folder as an author or operator has it: the packages were packed, and installed with npm. The processes' settings lie there, too. */
let processes: Processes;

beforeAll(async () => {
  processes = new Processes();
  const { folder } = processes;
  await run(process.execPath, [join(HOME, 'scripts/build-author-package.mjs'), '--pack', folder]);
  for (const name of EXAMPLES)
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: exampleFolder(name) });
  writeFileSync(join(folder, 'package.json'), '{"name": "scratch", "private": true, "type": "module"}');
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const tarballs = [`braid-${version}.tgz`, ...EXAMPLES.map((name) => `braid-${name}-1.0.0.tgz`)];
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=dev'];
  await run('npm', ['install', ...quiet, ...tarballs.map((file) => `./${file}`)], { cwd: folder });
}, 180_000);

afterAll(() => processes[Symbol.asyncDispose]());

const exampleFolder = (name: string): string => join(HOME, 'examples', name);

test.each(EXAMPLES)(
  "the tests of %s, its contract's among them, pass where it is developed",
  async (name) => {
    const folder = join(processes.folder, `author-of-${name}`);
    cpSync(exampleFolder(name), folder, { recursive: true });
    const vitest = join(HOME, 'node_modules/vitest');
    symlinkSync(vitest, join(processes.folder, 'node_modules', 'vitest'), 'dir');
    const { stdout } = await run(process.execPath, [join(vitest, 'vitest.mjs'), 'run', '--root', folder], {
      cwd: folder,
    }).finally(() => run('rm', [join(processes.folder, 'node_modules', 'vitest')]));
    expect(stdout).toMatch(/Tests .*\d+ passed/);
    expect(stdout).not.toMatch(/failed/);
  },
  180_000,
);

test('an author who writes TypeScript has the types of what is imported', async () => {
  const { folder } = processes;
  const source = `
    import { BraidError, definePlugin, durationMs, Type, type Member } from 'braid/plugin';
    export default definePlugin({
      api: 1, kind: 'discovery', name: 'typed',
      options: Type.Object({ url: Type.String(), intervalMs: durationMs({ default: 1000 }) }),
      async open({ url, intervalMs }, { signal }) {
        const wait: number = intervalMs;
        if (url === '') throw new BraidError('parameterInvalid', \`\${wait} \${signal.aborted}\`);
        return { async *watch(): AsyncIterable<readonly Member[]> { yield []; }, async [Symbol.asyncDispose]() {} };
      },
    });`;
  const check = async (text: string): Promise<string> => {
    writeFileSync(join(folder, 'typed.ts'), text);
    const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,esnext'];
    const tsc = join(HOME, 'node_modules/typescript/bin/tsc');
    const types = ['--typeRoots', join(HOME, 'node_modules/@types'), '--types', 'node'];
    return run(process.execPath, [tsc, ...args, ...types, 'typed.ts'], { cwd: folder }).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  };
  expect(await check(source)).toBe('');
  expect(await check(source.replace('const wait: number', 'const wait: string'))).toContain(
    "'number' is not assignable",
  );
}, 180_000);

test('both are used by their package names, by real processes', async () => {
  const list: { nodeId: string; address: string; roles: string[] }[] = [];
  await using server = await listServer(() => list);
  const shared = {
    discovery: { use: 'braid-discovery-http-json', with: { url: server.url, intervalMs: 100 } },
    routing: { use: 'braid-routing-tenant-nodes', with: { tenants: [] as object[] } },
    metadata: { use: 'sqlite', with: { path: join(processes.folder, 'metadata.sqlite') } },
    storage: { use: 'local', with: { path: join(processes.folder, 'storage') } },
    writer: { compactionEnabled: false },
  };
  const start = async (name: string, role: 'writer' | 'reader'): Promise<void> => {
    const port = await freePort();
    list.push({ nodeId: name, address: `127.0.0.1:${port}`, roles: [role] });
    await processes.start(name, role, {
      ...shared,
      dataFolder: join(processes.folder, name),
      node: { id: name, port },
    });
  };
  await start('writer-1', 'writer');
  await start('reader-1', 'reader');
  await start('reader-2', 'reader');
  const port = await freePort();
  const router = await processes.start('router', 'router', {
    ...shared,
    dataFolder: join(processes.folder, 'router'),
    router: { port },
  });
  const client = await impatientClient(`127.0.0.1:${port}`);
  await createProvenCollection(client, COLLECTION);
  const partitions = await fillPartitions(client);
  await client.closeConnection();

  const tenants = [
    { name: 'acme', partitionIds: [partitions.get('acme')!], nodes: ['reader-1'] },
    { name: 'other', partitionIds: [partitions.get('other')!], nodes: ['reader-2'] },
  ];
  for (const { configFile } of processes.started) {
    const settings = parse(readFileSync(configFile, 'utf8'));
    writeFileSync(configFile, stringify({ ...settings, routing: { ...shared.routing, with: { tenants } } }));
  }
  await processes.restartAll();
  const again = await impatientClient(`127.0.0.1:${port}`);
  await collectionReady(again, COLLECTION);
  await expect.poll(() => readersOf(router), PATIENCE).toEqual({ acme: ['reader-1'], other: ['reader-2'] });
  await server.stop();
  for (const key of [3, 103]) expect(await nearestKey(again, key)).toBe(key);
  await again.closeConnection();
}, 180_000);

async function fillPartitions(client: MilvusClient): Promise<ReadonlyMap<string, number>> {
  for (const [i, partition_name] of ['acme', 'other'].entries()) {
    must(await client.createPartition({ collection_name: COLLECTION, partition_name }));
    const data = Array.from({ length: 50 }, (_, row) => ({ ...provenRow(100 * i + row, 1) }));
    must((await client.insert({ collection_name: COLLECTION, partition_name, data })).status);
  }
  must((await client.flushSync({ collection_names: [COLLECTION] })).status);
  const { partition_names, partitionIDs } = await client.showPartitions({ collection_name: COLLECTION });
  return new Map(partition_names.map((name, i) => [name, Number(partitionIDs[i])]));
}

/** Who is ready with the segments of which partition. */
async function readersOf(router: BraidProcess): Promise<Record<string, string[]>> {
  const answer = await fetch(`http://127.0.0.1:${router.managementPort}/status`);
  const status = (await answer.json()) as {
    members: { nodeId: string; address: string }[];
    collections: { segments: { partition: string; readyOn: string[] }[] }[];
  };
  const names = new Map(status.members.map(({ nodeId, address }) => [address, nodeId]));
  const segments = status.collections[0]?.segments ?? [];
  return Object.fromEntries(
    segments.map(({ partition, readyOn }) => [partition, readyOn.map((address) => names.get(address)!)]),
  );
}

async function nearestKey(client: MilvusClient, key: number): Promise<number> {
  const answer = await client.search({ collection_name: COLLECTION, data: provenRow(key, 1).vector, limit: 1 });
  must(answer.status);
  return Number(answer.results[0]!['key'] ?? answer.results[0]!.id);
}

interface ListServer extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
}

async function listServer(list: () => unknown): Promise<ListServer> {
  const server: Server = createServer((_, response) => response.end(JSON.stringify(list())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/`, stop, [Symbol.asyncDispose]: stop };
}
