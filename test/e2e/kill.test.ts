import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { DEPLOYMENTS } from './deployments.ts';
import { collectionReady, createProvenCollection, impatientClient, must, readProvenRows } from './proven-collection.ts';
import { provenRow, RowModel, randomOf } from './row-model.ts';

const COLLECTION = 'killed';
const KILLS = Number(process.env['BRAID_TEST_KILLS'] ?? 20);
const SEED = Number(process.env['BRAID_TEST_SEED'] ?? Date.now() % 2 ** 31);
const CALLERS = 6;
const KEYS_PER_CALLER = 500;
const KEYS = CALLERS * KEYS_PER_CALLER;
const BATCH_ROWS_MAX = 40;
const KILL_AFTER_MS = [200, 1_500] as const;
const SEARCHES_PER_ROUND = 5;

/** So small that sealing, publishing, compaction and the collection of garbage go on all the time. */
const BUSY_WRITER = {
  segmentRowsMax: 300,
  sealAfterMs: 500,
  retentionMs: 300,
  compactionIntervalMs: 200,
  garbageIntervalMs: 500,
  garbageGraceMs: 3_000,
};

test(`SIGKILL ${KILLS} times: no acknowledged write is lost, none comes back, none is doubled`, async () => {
  console.info(`seed ${SEED}: BRAID_TEST_SEED=${SEED} gives the same requests and pauses`);
  await using braid = await DEPLOYMENTS[0]!.start({ writer: BUSY_WRITER });
  const [server] = braid.processes.started;
  const random = randomOf(SEED);
  const model = new RowModel();
  const refusals = new Map<string, number>();
  let client = await impatientClient(braid.address);
  await createProvenCollection(client, COLLECTION);
  let restartMsMax = 0;
  let versionsSeen = 0;

  for (let kill = 1; kill <= KILLS; kill++) {
    const load = new Load(client, model, random, kill, refusals);
    await sleep(KILL_AFTER_MS[0] + random() * (KILL_AFTER_MS[1] - KILL_AFTER_MS[0]));
    await braid.processes.kill(server!);
    await load.end();
    await client.closeConnection();

    const began = performance.now();
    await braid.processes.revive(server!);
    client = await impatientClient(braid.address);
    await collectionReady(client, COLLECTION);
    restartMsMax = Math.max(restartMsMax, performance.now() - began);
    const faults = model.check(await readProvenRows(client, COLLECTION, KEYS));
    expect(faults.slice(0, 10), `${faults.length} faults after kill ${kill} of seed ${SEED}`).toEqual([]);
    await searchSome(client, model, random);
    versionsSeen = await viewVersion(server!.managementPort);
  }
  await client.closeConnection();

  console.info(
    `${KILLS} kills, ${model.acknowledgedRows} rows acknowledged, ${model.indeterminateRequests} requests in flight, ` +
      `view version ${versionsSeen}, slowest restart ${restartMsMax.toFixed(0)} ms, refusals ${JSON.stringify([...refusals])}`,
  );
  expect(model.acknowledgedRows).toBeGreaterThan(KILLS * 100);
  expect(model.indeterminateRequests).toBeGreaterThan(KILLS / 2);
  expect(versionsSeen, 'segments were published and compacted meanwhile').toBeGreaterThan(KILLS);
  expect([...refusals.keys()], 'a healthy process refuses nothing').toEqual([]);
}, 600_000);

/** Callers that write one request after the other, each to keys of its own, until the process is gone. */
class Load {
  readonly #client: MilvusClient;
  readonly #model: RowModel;
  readonly #refusals: Map<string, number>;
  readonly #callers: Promise<void>[];
  #version: number;
  #isOver = false;

  constructor(
    client: MilvusClient,
    model: RowModel,
    random: () => number,
    round: number,
    refusals: Map<string, number>,
  ) {
    this.#client = client;
    this.#model = model;
    this.#refusals = refusals;
    this.#version = round * 1_000_000;
    this.#callers = Array.from({ length: CALLERS }, (_, caller) => this.#call(caller, randomOf(random() * 2 ** 32)));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  async #call(caller: number, random: () => number): Promise<void> {
    while (!this.#isOver) {
      const keys = new Set<number>();
      const count = 1 + Math.floor(random() * BATCH_ROWS_MAX);
      while (keys.size < count) keys.add(caller + CALLERS * Math.floor(random() * KEYS_PER_CALLER));
      const isDelete = random() < 0.25;
      const version = isDelete ? 0 : ++this.#version;
      const states = new Map([...keys].map((key) => [key, version]));
      try {
        must(await this.#send(states, isDelete));
        this.#model.acknowledge(states);
      } catch (error) {
        this.#model.leaveOpen(states);
        const { message } = error as Error;
        if (!this.#isGone(message)) this.#refusals.set(message, (this.#refusals.get(message) ?? 0) + 1);
        else return;
      }
    }
  }

  async #send(states: ReadonlyMap<number, number>, isDelete: boolean) {
    const keys = [...states.keys()];
    const collection_name = COLLECTION;
    if (isDelete) return (await this.#client.delete({ collection_name, filter: `key in [${keys}]` })).status;
    const data = keys.map((key) => ({ ...provenRow(key, states.get(key)!) }));
    const isNew = keys.every((key) => this.#model.isAbsent(key));
    const answer = isNew
      ? await this.#client.insert({ collection_name, data })
      : await this.#client.upsert({ collection_name, data });
    return answer.status;
  }

  /** Errors of the connection, as opposed to answers of Braid. */
  #isGone(message: string): boolean {
    return /UNAVAILABLE|CANCELLED|ECONNRE|Connection dropped|Client has been closed/i.test(message);
  }
}

/** Rows that must be there are found by their vector; vectors of all rows differ. */
async function searchSome(client: MilvusClient, model: RowModel, random: () => number): Promise<void> {
  const rows = model.certainRows();
  for (let i = 0; i < SEARCHES_PER_ROUND && rows.length > 0; i++) {
    const [key, version] = rows[Math.floor(random() * rows.length)]!;
    const answer = await client.search({
      collection_name: COLLECTION,
      data: provenRow(key, version).vector,
      limit: 3,
      output_fields: ['key', 'version'],
    });
    must(answer.status);
    expect(answer.results[0], `nearest to key ${key}`).toMatchObject({
      key: `${key}`,
      version: `${version}`,
      score: 0,
    });
    expect(new Set(answer.results.map((hit) => hit['key'])).size).toBe(answer.results.length);
  }
}

async function viewVersion(managementPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${managementPort}/status`);
  const { collections } = (await answer.json()) as { collections: { viewVersion: number }[] };
  return collections[0]!.viewVersion;
}
