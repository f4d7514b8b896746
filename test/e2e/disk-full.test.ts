import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { collectionReady, createProvenCollection, impatientClient, readProvenRows } from './proven-collection.ts';
import { provenRow, RowModel } from './row-model.ts';

const COLLECTION = 'full';
const DISK_BYTES = 24 * 1024 ** 2;
const BALLAST_BYTES = 16 * 1024 ** 2;
const BATCH_ROWS = 500;
const BATCHES_MAX = 600;
const DISK_LIMIT_EXCEEDED = 7;
const RESUME_TIMEOUT_MS = 10_000;

const missing = process.getuid?.() === 0 ? undefined : 'a file system of a fixed size takes root';

describe.runIf(mayRunWith('a small tmpfs', missing))('a full disk', () => {
  test('writes are refused, reads go on, and writes work again when there is room', async () => {
    await using disk = new SmallDisk(DISK_BYTES);
    const ballast = join(disk.folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
    await using processes = new Processes();
    const port = await freePort();
    const dataFolder = join(disk.folder, 'data');
    const writer = { segmentRowsMax: 5_000, sealAfterMs: 1_000 };
    const server = await processes.start('braid', 'all', { dataFolder, writer, router: { port } });
    let client = await impatientClient(`127.0.0.1:${port}`);
    await createProvenCollection(client, COLLECTION);
    const model = new RowModel();
    const writing = new Writing(client, model);

    let refused = await writing.untilRefused();
    console.info(`${model.acknowledgedRows} rows fit; then: ${refused.code} ${refused.message}`);
    expect(model.acknowledgedRows).toBeGreaterThan(BATCH_ROWS);
    expect(refused.code).toBe(DISK_LIMIT_EXCEEDED);
    expect(refused.message).toMatch(/space|full/);
    for (let i = 0; i < 20; i++) {
      await searchFor(client, provenRow(i * 7, 1).key);
      refused = (await writing.once()) ?? refused;
    }
    expect(refused.code).toBe(DISK_LIMIT_EXCEEDED);
    expect(model.check(await readProvenRows(client, COLLECTION, writing.keys)).slice(0, 10)).toEqual([]);

    rmSync(ballast);
    const began = performance.now();
    for (;;) {
      const answer = await writing.once();
      if (answer === undefined) break;
      expect(performance.now() - began, answer.message).toBeLessThan(RESUME_TIMEOUT_MS);
      await sleep(100);
    }
    console.info(`writes work again after ${(performance.now() - began).toFixed(0)} ms`);
    for (let i = 0; i < 10; i++) expect(await writing.once()).toBeUndefined();
    expect(model.check(await readProvenRows(client, COLLECTION, writing.keys)).slice(0, 10)).toEqual([]);
    expect(server.child.exitCode, 'the same process all along').toBeNull();

    await processes.kill(server);
    await client.closeConnection();
    await processes.revive(server);
    client = await impatientClient(`127.0.0.1:${port}`);
    await collectionReady(client, COLLECTION);
    expect(model.check(await readProvenRows(client, COLLECTION, writing.keys)).slice(0, 10)).toEqual([]);
    await client.closeConnection();
  }, 240_000);
});

interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** Inserts rows 0, 1, 2, … in batches. What was refused is not in the store: so a refused batch counts as never sent. */
class Writing {
  readonly #client: MilvusClient;
  readonly #model: RowModel;
  keys = 0;

  constructor(client: MilvusClient, model: RowModel) {
    this.#client = client;
    this.#model = model;
  }

  async once(): Promise<Refusal | undefined> {
    const data = Array.from({ length: BATCH_ROWS }, (_, i) => ({ ...provenRow(this.keys + i, 1) }));
    this.keys += BATCH_ROWS;
    const { status } = await this.#client.insert({ collection_name: COLLECTION, data });
    if (status.error_code !== 'Success') return { code: status.code!, message: status.reason };
    this.#model.acknowledge(new Map(data.map(({ key }) => [key, 1])));
    return undefined;
  }

  async untilRefused(): Promise<Refusal> {
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const refusal = await this.once();
      if (refusal) return refusal;
    }
    throw new Error(`the disk is not full after ${BATCHES_MAX} batches`);
  }
}

async function searchFor(client: MilvusClient, key: number): Promise<void> {
  const data = provenRow(key, 1).vector;
  const answer = await client.search({ collection_name: COLLECTION, data, limit: 1, output_fields: ['key'] });
  expect(answer.status.error_code, answer.status.reason).toBe('Success');
  expect(answer.results).toMatchObject([{ key: `${key}`, score: 0 }]);
}

class SmallDisk implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'braid-disk-'));

  constructor(bytes: number) {
    mkdirSync(this.folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', this.folder]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    execFileSync('umount', ['--lazy', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
