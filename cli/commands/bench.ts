import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import type { ApiClient } from '../client/api-client.ts';
import { describeCollection } from '../client/collection-description.ts';
import { encodeSearch, GrpcSearches } from '../client/grpc-searches.ts';
import { CLIENT_LIMITS } from '../client/limits.ts';
import { type LoadResult, percentile, runLoad } from '../client/load-run.ts';
import { measureRecall } from '../client/measure-recall.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { readToken } from '../client/read-token.ts';
import { Interruption } from '../terminal/interruption.ts';
import { parseCount } from '../terminal/parse-count.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';

interface BenchOptions extends ApiOptions {
  readonly field?: string;
  readonly queries?: string;
  readonly filter?: string;
  readonly limit: number;
  readonly nq: number;
  readonly concurrency: number;
  readonly seconds: number;
  readonly requests: number;
  readonly grpc?: boolean;
  readonly recall?: number;
}

const RANDOM_QUERIES = 1_000;

export function defineBench(command: Command): void {
  addApiOptions(command.argument('<collection>'))
    .option('--field <name>', 'vector field to search (needed where there are several)')
    .option('--queries <file>', 'JSON lines, a query each: a vector, or a text (default: random vectors)')
    .option('--filter <expression>', 'of every search')
    .option('--limit <count>', 'hits of each query', parseCount, 10)
    .option('--nq <count>', 'queries of each search', parseCount, 1)
    .option('--concurrency <count>', 'searches at a time', parseCount, 8)
    .option('--seconds <count>', 'end after this time', parseCount, 10)
    .option('--requests <count>', 'or after so many searches', parseCount, 1_000_000)
    .option('--grpc', 'over gRPC, as the SDKs search, instead of REST')
    .option('--recall <count>', 'afterwards, compare so many searches with exact ones', parseCount)
    .addHelpText(
      'after',
      `
Any server with Milvus' API (gRPC, or REST version 2) can be measured. Latencies are those of this client, which has one
thread: several of them are needed where one is busy. The recall is the share of the nearest rows that are found, with
one query each; what is nearest says the page of a search iterator, which Braid answers exactly (other servers may not).
Exit code 1 if a search failed. Ctrl-C ends the run and shows what there is.

Examples:
  braid bench books --field vector --seconds 30 --concurrency 16
  braid bench books --queries queries.jsonl --requests 10000 --json
  braid bench books --grpc --recall 100 --filter 'price < 10'
  braid bench books --address milvus.example:19530`,
    )
    .action(async (collection: string, options: BenchOptions) => {
      checkBounds(options);
      const client = await openApi(options);
      const queries = await queriesOf(client, collection, options);
      const bodies = bodiesOf(collection, queries, options);
      using interruption = new Interruption();
      using searches = options.grpc
        ? await grpcSearches(client.address, bodies, options)
        : restSearches(client, bodies);
      using bar = new ProgressBar(`searching ${collection}`, 's', options.seconds, options.json);
      const result = await runLoad({
        search: searches.search,
        signal: interruption.signal,
        concurrency: options.concurrency,
        requestsMax: options.requests,
        durationMs: options.seconds * 1000,
        onProgress: (elapsedMs) => bar.update(Math.min(options.seconds, Math.floor(elapsedMs / 1000))),
      });
      bar[Symbol.dispose]();
      const recall = await recallOf(client, collection, queries, options, interruption.signal);
      report(result, recall, client.address, options);
      if (result.errors > 0) process.exitCode = 1;
    });
}

interface Searches extends Disposable {
  /** Sends the n-th search and waits for its answer. */
  readonly search: (n: number) => Promise<unknown>;
}

function restSearches(client: ApiClient, bodies: readonly object[]): Searches {
  return {
    search: (n) => client.call('entities/search', bodies[n % bodies.length]!),
    [Symbol.dispose]: () => undefined,
  };
}

async function grpcSearches(address: string, bodies: readonly SearchBody[], options: BenchOptions): Promise<Searches> {
  const connection = new GrpcSearches(address, await readToken(options));
  const requests = bodies.map(({ collectionName: collection, data }) => {
    const { database, field, filter, limit } = options;
    return encodeSearch({ database, collection, field, filter, limit }, data);
  });
  return {
    search: (n) => connection.search(requests[n % requests.length]!),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

async function recallOf(
  client: ApiClient,
  collection: string,
  queries: readonly unknown[],
  options: BenchOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { recall: count, json } = options;
  if (count === undefined || signal.aborted) return undefined;
  using bar = new ProgressBar('comparing with exact search', 'queries', Math.min(count, queries.length), json);
  const bodies = bodiesOf(collection, queries.slice(0, count), { ...options, nq: 1 });
  return await measureRecall(client, bodies, { signal, onProgress: (done) => bar.update(done) });
}

function checkBounds({ requests, seconds, concurrency, recall = 1 }: BenchOptions): void {
  const bounds = [
    ['--requests', requests, CLIENT_LIMITS.benchRequestsMax],
    ['--seconds', seconds, CLIENT_LIMITS.benchSecondsMax],
    ['--concurrency', concurrency, CLIENT_LIMITS.benchConcurrencyMax],
    ['--recall', recall, CLIENT_LIMITS.benchRecallMax],
  ] as const;
  for (const [name, value, max] of bounds) {
    if (value > max) throw new BraidError('parameterInvalid', `${name} is ${value}, it should be at most ${max}`);
  }
}

async function queriesOf(client: ApiClient, collection: string, options: BenchOptions): Promise<readonly unknown[]> {
  if (options.queries !== undefined) return await readQueries(options.queries);
  const { fields } = await describeCollection(client, collection);
  const vectors = fields.filter(({ type, name }) => (options.field ? name === options.field : /Vector$/.test(type)));
  const [field] = vectors;
  const dimension = Number(field?.params?.find(({ key }) => key === 'dim')?.value);
  if (vectors.length !== 1 || !/^(Float|Float16|BFloat16)Vector$/.test(field!.type) || !dimension) {
    const names = fields.filter(({ type }) => /Vector$/.test(type)).map(({ name, type }) => `${name} (${type})`);
    const what = `random queries are for one field of float vectors: name it with --field, or give --queries`;
    throw new BraidError('parameterInvalid', `${what}; ${collection} has ${names.join(', ') || 'no vectors'}`);
  }
  return Array.from({ length: RANDOM_QUERIES }, () => Array.from({ length: dimension }, () => Math.random() * 2 - 1));
}

async function readQueries(file: string): Promise<readonly unknown[]> {
  const queries: unknown[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (line.trim() !== '') queries.push(parseJson(line));
      if (queries.length === CLIENT_LIMITS.benchQueriesMax) break;
    }
  } catch (cause) {
    const where = `${file}, behind query ${queries.length}`;
    throw new BraidError('parameterInvalid', `${where}: ${(cause as Error).message}`, { cause });
  }
  if (queries.length === 0) throw new BraidError('parameterInvalid', `${file} has no queries`);
  return queries;
}

interface SearchBody {
  readonly collectionName: string;
  readonly data: readonly unknown[];
  readonly limit: number;
  readonly annsField?: string;
}

function bodiesOf(collectionName: string, queries: readonly unknown[], options: BenchOptions): readonly SearchBody[] {
  const { field, filter, limit, nq } = options;
  return queries.map((_, first) => ({
    collectionName,
    data: Array.from({ length: nq }, (_unused, place) => queries[(first + place) % queries.length]),
    limit,
    ...(field !== undefined && { annsField: field }),
    ...(filter !== undefined && { filter }),
  }));
}

function report(
  result: LoadResult,
  recall: number | undefined,
  address: string,
  { json, concurrency, nq, limit, grpc = false }: BenchOptions,
): void {
  const { requests, errors, messages, elapsedMs, latenciesMs } = result;
  const answered = latenciesMs.length;
  const summary = {
    address,
    protocol: grpc ? 'grpc' : 'rest',
    concurrency,
    seconds: elapsedMs / 1000,
    requests,
    errors,
    queriesPerSecond: (answered * nq * 1000) / elapsedMs,
    ...(answered > 0 && {
      latencyMs: {
        p50: percentile(latenciesMs, 0.5),
        p95: percentile(latenciesMs, 0.95),
        p99: percentile(latenciesMs, 0.99),
        max: latenciesMs[answered - 1],
      },
    }),
    ...(recall !== undefined && { recall }),
    messages,
  };
  if (json) {
    printJson(summary);
    return;
  }
  const { p50, p95, p99, max } = summary.latencyMs ?? {};
  const milliseconds = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} ms`);
  printTable(
    [
      'searches',
      'errors',
      'time',
      'queries/s',
      'p50',
      'p95',
      'p99',
      'max',
      ...(recall === undefined ? [] : [`recall@${limit}`]),
    ],
    [
      [
        String(requests),
        String(errors),
        `${summary.seconds.toFixed(1)} s`,
        summary.queriesPerSecond.toFixed(0),
        ...[p50, p95, p99, max].map(milliseconds),
        ...(recall === undefined ? [] : [recall.toFixed(4)]),
      ],
    ],
  );
  for (const [message, count] of Object.entries(messages)) process.stdout.write(`${count} times: ${message}\n`);
}
