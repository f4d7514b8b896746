import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { Processes } from '../../examples/debian-packages/processes.ts';
import { startCluster } from '../../examples/debian-packages/start-cluster.ts';
import { collectionReady, createProvenCollection, impatientClient, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const COLLECTION = 'searched';
const SEGMENTS = 8;
const SEGMENT_ROWS = 100;
const ROWS = SEGMENTS * SEGMENT_ROWS;
const LIMIT = 10;
const SEARCHERS = 2;
const PHASE_MS = 4_000;
const FAILURES_MAX_RATIO = 0.01;
const RECOVERY_TIMEOUT_MS = 30_000;

/** Vectors of all rows, as the test itself knows them. */
const VECTORS = Array.from({ length: ROWS }, (_, key) => provenRow(key, 1).vector);

test('readers are killed and stopped: no wrong answer, and hardly a failed one', async () => {
  await using processes = new Processes();
  const cluster = await startCluster(processes, { readerCount: 3, settings: { writer: { compactionEnabled: false } } });
  const client = await impatientClient(cluster.address);
  await createProvenCollection(client, COLLECTION);
  must(await client.releaseCollection({ collection_name: COLLECTION }));
  must(await client.loadCollectionSync({ collection_name: COLLECTION, replica_number: 2 }));
  await fill(client);
  await allServed(cluster.router.managementPort);

  await using searching = new Searching(client);
  await sleep(PHASE_MS);
  searching.report('all readers');
  await processes.kill(cluster.readers[0]!);
  await sleep(PHASE_MS);
  searching.report('one killed');
  await processes.revive(cluster.readers[0]!);
  await sleep(PHASE_MS);
  searching.report('revived');
  cluster.readers[1]!.child.kill('SIGSTOP');
  await sleep(PHASE_MS);
  searching.report('one stopped');
  cluster.readers[1]!.child.kill('SIGCONT');
  await sleep(PHASE_MS);
  searching.report('continued');
  await searching[Symbol.asyncDispose]();

  expect(searching.wrong.slice(0, 5)).toEqual([]);
  expect(searching.answered).toBeGreaterThan(100);
  expect(searching.failures.length, searching.failures.slice(0, 5).join('\n')).toBeLessThanOrEqual(
    searching.answered * FAILURES_MAX_RATIO,
  );

  await processes.kill(cluster.writer);
  await expect
    .poll(() => faultOf(client, 3, ConsistencyLevelEnum.Eventually), { timeout: RECOVERY_TIMEOUT_MS })
    .toBeUndefined();
  for (let query = 0; query < 20; query++) {
    expect(await faultOf(client, query, ConsistencyLevelEnum.Eventually)).toBeUndefined();
  }
  const strong = await failureOf(client, ConsistencyLevelEnum.Strong);
  console.info(`without a writer, Strong: ${strong}`);
  expect(strong).toMatch(/retriable|UNAVAILABLE|not available|no writer|unavailable|DEADLINE/i);
  const inserted = await client
    .insert({ collection_name: COLLECTION, data: [{ ...provenRow(ROWS, 1) }] })
    .then(({ status }) => `${status.error_code} ${status.code} retriable ${status.retriable}: ${status.reason}`)
    .catch((error: Error) => error.message);
  console.info(`without a writer, insert: ${inserted}`);
  expect(inserted).not.toMatch(/^Success/);

  await processes.revive(cluster.writer);
  await collectionReady(client, COLLECTION);
  await expect
    .poll(() => faultOf(client, 5, ConsistencyLevelEnum.Strong), { timeout: RECOVERY_TIMEOUT_MS })
    .toBeUndefined();
  must((await client.delete({ collection_name: COLLECTION, filter: `key == ${ROWS - 1}` })).status);
  const left = await client.count({ collection_name: COLLECTION, expr: `key < ${ROWS}` });
  expect(Number(left.data)).toBe(ROWS - 1);
  await client.closeConnection();
}, 240_000);

/** Searches without pause and compares every answer with the exact one. */
class Searching implements AsyncDisposable {
  readonly wrong: string[] = [];
  readonly failures: string[] = [];
  readonly #searchers: Promise<void>[];
  #isOver = false;
  #reported = { answered: 0, failed: 0 };
  #slowestMs = 0;
  answered = 0;

  constructor(client: MilvusClient) {
    this.#searchers = Array.from({ length: SEARCHERS }, (_, searcher) => this.#search(client, searcher));
  }

  report(phase: string): void {
    const answered = this.answered - this.#reported.answered;
    const failed = this.failures.length - this.#reported.failed;
    console.info(`${phase}: ${answered} searches answered, ${failed} failed, slowest ${this.#slowestMs.toFixed(0)} ms`);
    for (const failure of this.failures.slice(-failed || this.failures.length).slice(0, 3))
      console.info(`  ${failure}`);
    this.#reported = { answered: this.answered, failed: this.failures.length };
    this.#slowestMs = 0;
  }

  async #search(client: MilvusClient, searcher: number): Promise<void> {
    for (let query = searcher; !this.#isOver; query += SEARCHERS) {
      const began = performance.now();
      try {
        const fault = await faultOf(client, query, ConsistencyLevelEnum.Bounded);
        this.answered++;
        if (fault) this.wrong.push(fault);
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - began);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#searchers);
  }
}

/** What is wrong with the answer, compared with the nearest rows that the test finds itself; throws when there is none. */
async function faultOf(client: MilvusClient, query: number, level: ConsistencyLevelEnum): Promise<string | undefined> {
  const vector = provenRow(1_000_000 + (query % 200), 1).vector;
  const data = { collection_name: COLLECTION, data: vector, limit: LIMIT, output_fields: ['key', 'proof'] };
  const answer = await client.search({ ...data, consistency_level: level });
  must(answer.status);
  const found = answer.results.map((hit) => ({ key: Number(hit['key']), proof: hit['proof'] as string }));
  const right = nearest(vector).map((key) => ({ key, proof: provenRow(key, 1).proof }));
  const [foundText, rightText] = [JSON.stringify(found), JSON.stringify(right)];
  return foundText === rightText ? undefined : `query ${query}: ${foundText} instead of ${rightText}`;
}

async function failureOf(client: MilvusClient, level: ConsistencyLevelEnum): Promise<string> {
  try {
    return (await faultOf(client, 1, level)) ?? 'answered, and rightly';
  } catch (error) {
    return (error as Error).message;
  }
}

function nearest(query: readonly number[]): number[] {
  const scored = VECTORS.map((vector, key) => ({
    key,
    distance: vector.reduce((sum, value, d) => sum + (value - query[d]!) ** 2, 0),
  }));
  scored.sort((left, right) => left.distance - right.distance);
  return scored.slice(0, LIMIT).map(({ key }) => key);
}

async function fill(client: MilvusClient): Promise<void> {
  for (let from = 0; from < ROWS; from += SEGMENT_ROWS) {
    const data = Array.from({ length: SEGMENT_ROWS }, (_, i) => ({ ...provenRow(from + i, 1) }));
    must((await client.insert({ collection_name: COLLECTION, data })).status);
    must((await client.flushSync({ collection_names: [COLLECTION] })).status);
  }
}

/** Waits until every segment is ready on two readers. */
async function allServed(managementPort: number): Promise<void> {
  const copies = async (): Promise<readonly number[]> => {
    const answer = await fetch(`http://127.0.0.1:${managementPort}/status`);
    const { collections } = (await answer.json()) as { collections: { segments: { readyOn: string[] }[] }[] };
    return collections[0]!.segments.map(({ readyOn }) => readyOn.length);
  };
  await expect
    .poll(copies, { timeout: RECOVERY_TIMEOUT_MS })
    .toSatisfy((counts: readonly number[]) => counts.length >= 6 && counts.every((count) => count >= 2));
}
