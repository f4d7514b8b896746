import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ExactCollection, ExactLoad, expectFlawless } from './exact-load.ts';
import { MovingCluster } from './moving-cluster.ts';
import { createProvenCollection, impatientClient, must, readProvenRows } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const SEARCHED = 'searched';
const WRITTEN = 'written';
const REPLICAS = 2;
const LEASE_MS = 2_000;
const PHASE_MS = 1_500;
const TAKEOVER_TIMEOUT_MS = 30_000;
/** What a process that lost its term ends with: see cli/run-until-stopped.ts. */
const TERM_LOST_EXIT_CODE = 70;
const { Bounded, Strong, Session, Eventually } = ConsistencyLevelEnum;

let cluster: MovingCluster;
let client: MilvusClient;
let collection: ExactCollection;
let writing: Writing;

beforeAll(async () => {
  cluster = await MovingCluster.start({
    readers: 2,
    routers: 1,
    settings: { writer: { compactionEnabled: false, leaseTtlMs: LEASE_MS } },
    log: 'shared',
  });
  client = await impatientClient(cluster.routers[0]!.address);
  collection = await ExactCollection.create(client, SEARCHED, {
    segmentCount: 3,
    segmentRows: 100,
    replicas: REPLICAS,
  });
  await createProvenCollection(client, WRITTEN);
  writing = new Writing(client);
}, 120_000);

afterAll(async () => {
  await client?.closeConnection();
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

beforeEach(() => cluster.settled(SEARCHED, REPLICAS), 60_000);

test('the writer is restarted: reads and writes wait for it, none fails', async () => {
  const load = { clients: [client], levels: [Bounded, Strong, Session, Eventually], searchers: 4 };
  await using searching = new ExactLoad(collection, load);
  writing.start();
  await cluster.restart(cluster.writers[0]!.process);
  await cluster.settled(SEARCHED, REPLICAS);
  expectFlawless(await searching.report('the writer was restarted'));
  expect(await writing.end()).toEqual([]);
  await writing.expectAllThere();
}, 60_000);

test('the writer is killed: reads of level Eventually go on, all else fails at once and may be tried again', async () => {
  const { process } = cluster.writers[0]!;
  await using searching = new ExactLoad(collection, { clients: [client], levels: [Eventually], searchers: 2 });
  writing.start();
  await cluster.processes.kill(process);
  await sleep(PHASE_MS);
  const refusals = await writing.end();
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatch(/no writer leads|is gone|cannot connect|is down/);
  await expect(collection.faultOf(client, 1, Strong)).rejects.toThrow(/no writer leads/);
  await cluster.processes.revive(process);
  await cluster.settled(SEARCHED, REPLICAS);
  expectFlawless(await searching.report('the writer was killed'));
  expect(await collection.faultOf(client, 1, Strong)).toBeUndefined();
  await writing.expectAllThere();
}, 60_000);

test('a writer that stands by takes over from one that is killed: nothing that was acknowledged is lost', async () => {
  const first = cluster.writers[0]!;
  const second = await cluster.addWriter();
  await using searching = new ExactLoad(collection, { clients: [client], levels: [Eventually], searchers: 2 });
  writing.start();
  await sleep(PHASE_MS);
  const killedMs = performance.now();
  await cluster.processes.kill(first.process);
  await writing.acknowledgedAfter(killedMs + 1, TAKEOVER_TIMEOUT_MS);
  console.info(`the next write was acknowledged ${(performance.now() - killedMs).toFixed(0)} ms after the kill`);
  await writing.end();
  await cluster.removeWriter(first);
  await cluster.settled(SEARCHED, REPLICAS);
  await writing.expectAllThere();
  expectFlawless(await searching.report('the writer was succeeded'));
  // Readers follow the new writer's deletes. Searches no longer count: between the two calls the row is rightly not there.
  must((await client.delete({ collection_name: SEARCHED, filter: 'key == 0' })).status);
  must((await client.insert({ collection_name: SEARCHED, data: [{ ...provenRow(0, 1) }] })).status);
  expect(await collection.faultOf(client, 1, Strong)).toBeUndefined();
  expect((await cluster.status()).members.find(({ term }) => term)?.address).toBe(second.address);
}, 60_000);

test('a writer that was stopped for longer than its lease acknowledges nothing and ends when it goes on', async () => {
  const stopped = cluster.writers[0]!;
  const { child } = stopped.process;
  await cluster.addWriter();
  const exited = once(child, 'exit');
  writing.start();
  await sleep(PHASE_MS);
  const stoppedMs = performance.now();
  child.kill('SIGSTOP');
  await writing.acknowledgedAfter(stoppedMs + LEASE_MS, TAKEOVER_TIMEOUT_MS);
  child.kill('SIGCONT');
  const [exitCode] = await exited;
  expect(exitCode).toBe(TERM_LOST_EXIT_CODE);
  await sleep(PHASE_MS);
  await writing.end();
  await cluster.removeWriter(stopped);
  await cluster.settled(SEARCHED, REPLICAS);
  await writing.expectAllThere();
}, 60_000);

/** Inserts rows one after the other, each once; a refused one is not tried again. */
class Writing {
  readonly #client: MilvusClient;
  readonly #acknowledged = new Set<number>();
  readonly #indeterminate = new Set<number>();
  #refusals: string[] = [];
  #lastAcknowledgedMs = 0;
  #key = 0;
  #isOver = true;
  #loop: Promise<void> = Promise.resolve();

  constructor(client: MilvusClient) {
    this.#client = client;
  }

  start(): void {
    this.#isOver = false;
    this.#refusals = [];
    this.#loop = this.#write();
  }

  /** Resolves to the messages of writes that were refused or whose outcome is unknown. */
  async end(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#loop;
    return this.#refusals;
  }

  async acknowledgedAfter(momentMs: number, timeoutMs: number): Promise<void> {
    await expect.poll(() => this.#lastAcknowledgedMs, { timeout: timeoutMs, interval: 50 }).toBeGreaterThan(momentMs);
  }

  /** Every acknowledged row, once, and no row that was never sent. */
  async expectAllThere(): Promise<void> {
    const rows = await readProvenRows(this.#client, WRITTEN, this.#key + 1);
    const found = rows.map(({ key }) => key).sort((left, right) => left - right);
    expect(
      found.filter((key, place) => key === found[place - 1]),
      'doubled',
    ).toEqual([]);
    const there = new Set(found);
    expect(
      [...this.#acknowledged].filter((key) => !there.has(key)),
      'lost',
    ).toEqual([]);
    const known = (key: number): boolean => this.#acknowledged.has(key) || this.#indeterminate.has(key);
    expect(
      found.filter((key) => !known(key)),
      'never sent',
    ).toEqual([]);
  }

  async #write(): Promise<void> {
    while (!this.#isOver) {
      const key = this.#key++;
      const beganMs = performance.now();
      try {
        must((await this.#client.insert({ collection_name: WRITTEN, data: [{ ...provenRow(key, 1) }] })).status);
        this.#acknowledged.add(key);
        this.#lastAcknowledgedMs = beganMs;
      } catch (error) {
        this.#indeterminate.add(key);
        this.#refusals.push((error as Error).message);
        await sleep(20);
      }
    }
  }
}
