import type { ConsistencyLevelEnum, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect } from 'vitest';
import { createProvenCollection, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const LIMIT = 10;
const QUERIES = 200;
const FIRST_QUERY_KEY = 1_000_000;
/** Where a process is killed. */
const SUCCESS_RATIO_MIN = 0.999;

/** A FLAT collection whose exact answers are known before it is searched. */
export class ExactCollection {
  readonly name: string;
  readonly #answers: readonly string[];

  private constructor(name: string, rowCount: number) {
    this.name = name;
    const vectors = Array.from({ length: rowCount }, (_, key) => provenRow(key, 1).vector);
    this.#answers = Array.from({ length: QUERIES }, (_, query) => {
      const rows = nearest(vectors, queryVector(query)).map((key) => ({ key, proof: provenRow(key, 1).proof }));
      return JSON.stringify(rows);
    });
  }

  /** Creates, loads and fills it: `segmentCount` sealed segments of `segmentRows` rows. */
  static async create(
    client: MilvusClient,
    name: string,
    size: { readonly segmentCount: number; readonly segmentRows: number; readonly replicas: number },
  ): Promise<ExactCollection> {
    await createProvenCollection(client, name);
    must(await client.releaseCollection({ collection_name: name }));
    must(await client.loadCollectionSync({ collection_name: name, replica_number: size.replicas }));
    for (let segment = 0; segment < size.segmentCount; segment++) {
      const data = Array.from({ length: size.segmentRows }, (_, i) => ({
        ...provenRow(segment * size.segmentRows + i, 1),
      }));
      must((await client.insert({ collection_name: name, data })).status);
      must((await client.flushSync({ collection_names: [name] })).status);
    }
    return new ExactCollection(name, size.segmentCount * size.segmentRows);
  }

  /** Searches once. Resolves to what is wrong with the answer; rejects when there is none. */
  async faultOf(client: MilvusClient, query: number, level: ConsistencyLevelEnum): Promise<string | undefined> {
    const place = query % QUERIES;
    const answer = await client.search({
      collection_name: this.name,
      data: queryVector(place),
      limit: LIMIT,
      output_fields: ['key', 'proof'],
      consistency_level: level,
    });
    must(answer.status);
    const found = JSON.stringify(answer.results.map((hit) => ({ key: Number(hit['key']), proof: hit['proof'] })));
    const right = this.#answers[place]!;
    return found === right ? undefined : `query ${place}: ${found} instead of ${right}`;
  }
}

/** What became of the searches of a while. */
export interface LoadReport {
  readonly answered: number;
  /** Searches that another router had to answer, because the first one did not. */
  readonly rerouted: number;
  /** How often each message came. */
  readonly failures: ReadonlyMap<string, number>;
  readonly failed: number;
  /** Answers that differ from exact search. */
  readonly wrong: readonly string[];
  readonly slowestMs: number;
}

export function expectFlawless({ wrong, failures }: LoadReport): void {
  expect(wrong.slice(0, 3)).toEqual([]);
  expect([...failures]).toEqual([]);
}

export function expectHardlyAFailure({ wrong, failed, answered, failures }: LoadReport): void {
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(answered / (answered + failed), [...failures.keys()].join('\n')).toBeGreaterThanOrEqual(SUCCESS_RATIO_MIN);
}

export interface LoadOptions {
  /** One per router; a search that fails for want of a connection goes to the next. */
  readonly clients: readonly MilvusClient[];
  readonly levels: readonly ConsistencyLevelEnum[];
  readonly searchers: number;
}

/** Searches without pause, several at a time, and compares every answer with the exact one. Searches are counted where they end. */
export class ExactLoad implements AsyncDisposable {
  readonly #collection: ExactCollection;
  readonly #options: LoadOptions;
  readonly #searchers: Promise<void>[];
  readonly #underWay: Promise<void>[] = [];
  #isOver = false;
  #tally = new Tally();

  constructor(collection: ExactCollection, options: LoadOptions) {
    this.#collection = collection;
    this.#options = options;
    this.#searchers = Array.from({ length: options.searchers }, (_, searcher) => this.#search(searcher));
  }

  /**
   * Since the last report; also printed. Waits for the searches under way, and until `answeredMin` were answered, so that it says something on a slow machine, too.
   */
  async report(phase: string, answeredMin = 50): Promise<LoadReport> {
    const tally = this.#tally;
    await Promise.all(this.#underWay);
    while (tally.answered < answeredMin && !this.#isOver) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#tally = new Tally();
    const failures = [...tally.failures].map(([message, count]) => `\n  ${count} x ${message}`).join('');
    console.info(
      `${phase}: ${tally.answered} answered (${tally.rerouted} by another router), ${tally.failed} failed, ` +
        `${tally.wrong.length} wrong, slowest ${tally.slowestMs.toFixed(0)} ms${failures}`,
    );
    return tally;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#searchers);
  }

  async #search(searcher: number): Promise<void> {
    const { searchers } = this.#options;
    for (let query = searcher; !this.#isOver; query += searchers) {
      this.#underWay[searcher] = this.#searchOnce(searcher, query);
      await this.#underWay[searcher];
    }
  }

  async #searchOnce(searcher: number, query: number): Promise<void> {
    const beganMs = performance.now();
    const { levels, searchers } = this.#options;
    const level = levels[Math.floor(query / searchers) % levels.length]!;
    try {
      const fault = await this.#ask(searcher, query, level);
      this.#tally.answered++;
      if (fault) this.#tally.wrong.push(fault);
    } catch (error) {
      this.#tally.fail((error as Error).message);
    }
    this.#tally.slowestMs = Math.max(this.#tally.slowestMs, performance.now() - beganMs);
  }

  async #ask(searcher: number, query: number, level: ConsistencyLevelEnum): Promise<string | undefined> {
    const { clients } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const client = clients[(searcher + attempt) % clients.length]!;
      try {
        return await this.#collection.faultOf(client, query, level);
      } catch (error) {
        if (attempt + 1 >= clients.length || !isConnectionLost(error as Error)) throw error;
        this.#tally.rerouted++;
      }
    }
  }
}

class Tally implements LoadReport {
  answered = 0;
  rerouted = 0;
  failed = 0;
  slowestMs = 0;
  readonly failures = new Map<string, number>();
  readonly wrong: string[] = [];

  fail(message: string): void {
    this.failed++;
    this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
  }
}

/** Errors of the connection, as opposed to answers of Braid. */
function isConnectionLost(error: Error): boolean {
  return /No connection established|Connection dropped|ECONNRE/.test(error.message);
}

function queryVector(query: number): number[] {
  return [...provenRow(FIRST_QUERY_KEY + query, 1).vector];
}

function nearest(vectors: readonly (readonly number[])[], query: readonly number[]): number[] {
  const scored = vectors.map((vector, key) => ({
    key,
    distance: vector.reduce((sum, value, d) => sum + (value - query[d]!) ** 2, 0),
  }));
  scored.sort((left, right) => left.distance - right.distance || left.key - right.key);
  return scored.slice(0, LIMIT).map(({ key }) => key);
}
