import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConsistencyLevelEnum, DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectSuccess } from '../../examples/debian-packages/collection.ts';
import { freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { startCluster } from '../../examples/debian-packages/start-cluster.ts';
import { Mariadb, missingMariadb } from '../servers/mariadb.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { connected, DEPLOYMENTS } from './deployments.ts';

/** Backups as docs/upgrade.md says: what is copied while the writer is down, what may be copied later, and that the copy is a cluster of its own. */

const COLLECTION = 'kept';
const run = promisify(execFile);
const mayRun = mayRunWith('MariaDB', missingMariadb());

test('a copy of the data folder of a stopped process is started elsewhere: every row is there, also what was not sealed', async () => {
  await using braid = await DEPLOYMENTS[0]!.start();
  const [server] = braid.processes.started;
  await fill(await braid.client());
  const copy = join(braid.processes.folder, 'copy');
  await braid.processes.stop(server!);
  await cp(join(braid.processes.folder, 'data'), copy, { recursive: true });
  await braid.processes.revive(server!);

  const port = await freePort();
  await braid.processes.start('restored', 'all', { dataFolder: copy, router: { port } });
  await expectCopyOfItsOwn(`127.0.0.1:${port}`, await connected(braid.address));
}, 600_000);

describe.runIf(mayRun)('with MySQL', () => {
  test('metadata and log are copied while the writer is down, segments while it works again', async () => {
    const server = await Mariadb.start();
    onTestFinished(async () => await server[Symbol.asyncDispose]());
    const mysql = (database: string) => ({
      use: 'mysql',
      with: { host: server.host, port: server.port, user: server.user, password: server.password, database },
    });
    await using processes = new Processes();
    const cluster = await startCluster(processes, { readerCount: 1, metadata: mysql('braid') });
    const client = await connected(cluster.address);
    onTestFinished(async () => void (await client.closeConnection()));
    await fill(client);

    const backup = join(processes.folder, 'backup');
    await processes.stop(cluster.writer);
    await cp(join(processes.folder, 'writer', 'wal'), join(backup, 'writer', 'wal'), { recursive: true });
    const login = [`--host=${server.host}`, `--port=${server.port}`, `--user=${server.user}`];
    const env = { ...process.env, MYSQL_PWD: server.password };
    const { stdout } = await run('mariadb-dump', [...login, '--single-transaction', 'braid'], {
      env,
      maxBuffer: 2 ** 28,
    });
    await processes.revive(cluster.writer);
    // What is written, sealed and compacted now changes nothing of the backup.
    await insertWhenItLeads(client, row(5_000));
    await client.flushSync({ collection_names: [COLLECTION] });
    await cp(join(processes.folder, 'storage'), join(backup, 'storage'), { recursive: true });

    await run('mariadb', [...login, '-e', 'create database restored'], { env });
    const restore = run('mariadb', [...login, 'restored'], { env });
    restore.child.stdin!.end(stdout);
    await restore;
    const restored = await startCluster(
      { folder: backup, start: (name, ...rest) => processes.start(`${name}-restored`, ...rest) } as Processes,
      { readerCount: 1, metadata: mysql('restored') },
    );
    await expectCopyOfItsOwn(restored.address, client);
  }, 600_000);
});

/** Routers hear that the writer is back a moment after it says so itself; what was longer than 10 s away is not waited for. */
async function insertWhenItLeads(client: MilvusClient, data: ReturnType<typeof row>): Promise<void> {
  const insert = () => expectSuccess(client.insert({ collection_name: COLLECTION, data: [data] }));
  await vi.waitFor(insert, { timeout: 60_000, interval: 200 });
}

/** 600 rows in segments, of which 50 were deleted, and 100 that only the log has. */
async function fill(client: MilvusClient): Promise<void> {
  await expectSuccess(
    client.createCollection({
      collection_name: COLLECTION,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'vector', data_type: DataType.FloatVector, dim: 8 },
      ],
      index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
    }),
  );
  await client.loadCollectionSync({ collection_name: COLLECTION });
  const rows = Array.from({ length: 700 }, (_, id) => row(id));
  await expectSuccess(client.insert({ collection_name: COLLECTION, data: rows.slice(0, 600) }));
  await client.flushSync({ collection_names: [COLLECTION] });
  await expectSuccess(client.delete({ collection_name: COLLECTION, filter: 'id < 50' }));
  await expectSuccess(client.insert({ collection_name: COLLECTION, data: rows.slice(600) }));
}

function row(id: number): { id: number; vector: number[] } {
  return { id, vector: Array.from({ length: 8 }, (_, d) => Math.sin(id * (d + 1))) };
}

/** All rows of the backup and no others; what is written to one of the two is not in the other. */
async function expectCopyOfItsOwn(address: string, original: MilvusClient): Promise<void> {
  const restored = await connected(address);
  onTestFinished(async () => void (await restored.closeConnection()));
  await restored.loadCollectionSync({ collection_name: COLLECTION });
  const ids = async (client: MilvusClient): Promise<number[]> => {
    const { data } = await expectSuccess(
      client.query({
        collection_name: COLLECTION,
        filter: 'id >= 0',
        limit: 1_000,
        output_fields: ['id'],
        consistency_level: ConsistencyLevelEnum.Strong,
      }),
    );
    return data.map(({ id }) => Number(id));
  };
  const saved = Array.from({ length: 650 }, (_, i) => i + 50);
  expect(await ids(restored)).toEqual(saved);
  for (const id of [77, 650]) {
    const found = await expectSuccess(
      restored.search({ collection_name: COLLECTION, data: row(id).vector, limit: 1, output_fields: ['id'] }),
    );
    expect(found.results).toMatchObject([{ id: String(id) }]);
  }
  await expectSuccess(restored.insert({ collection_name: COLLECTION, data: [row(9_000)] }));
  expect(await ids(restored)).toEqual([...saved, 9_000]);
  expect(await ids(original)).not.toContain(9_000);
}
