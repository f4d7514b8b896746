import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import type { ApiClient } from '../client/api-client.ts';
import { describeCollection } from '../client/collection-description.ts';
import { CLIENT_LIMITS } from '../client/limits.ts';
import { type LoadResult, percentile, runLoad } from '../client/load-run.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
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
    .addHelpText(
      'after',
      `
Any server with Milvus' REST API (version 2) can be measured. Latencies are those of this client, JSON and HTTP
included; it has one thread, so several of them are needed where one is busy. Exit code 1 if a search failed.

Examples:
  braid bench books --field vector --seconds 30 --concurrency 16
  braid bench books --queries queries.jsonl --requests 10000 --json
  braid bench books --address milvus.example:19530`,
    )
    .action(async (collection: string, options: BenchOptions) => {
      checkBounds(options);
      const client = await openApi(options);
      const bodies = bodiesOf(collection, await queriesOf(client, collection, options), options);
      const durationMs = options.seconds * 1000;
      using bar = new ProgressBar(`searching ${collection}`, 's', options.seconds, options.json);
      const result = await runLoad(client, {
        bodies,
        concurrency: options.concurrency,
        requestsMax: options.requests,
        durationMs,
        onProgress: (elapsedMs) => bar.update(Math.min(options.seconds, Math.floor(elapsedMs / 1000))),
      });
      bar[Symbol.dispose]();
      report(result, client.address, options);
      if (result.errors > 0) process.exitCode = 1;
    });
}

function checkBounds({ requests, seconds, concurrency }: BenchOptions): void {
  const bounds = [
    ['--requests', requests, CLIENT_LIMITS.benchRequestsMax],
    ['--seconds', seconds, CLIENT_LIMITS.benchSecondsMax],
    ['--concurrency', concurrency, CLIENT_LIMITS.benchConcurrencyMax],
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

function bodiesOf(collectionName: string, queries: readonly unknown[], options: BenchOptions): readonly object[] {
  const { field, filter, limit, nq } = options;
  return queries.map((_, first) => ({
    collectionName,
    data: Array.from({ length: nq }, (_unused, place) => queries[(first + place) % queries.length]),
    limit,
    ...(field !== undefined && { annsField: field }),
    ...(filter !== undefined && { filter }),
  }));
}

function report(result: LoadResult, address: string, { json, concurrency, nq }: BenchOptions): void {
  const { requests, errors, messages, elapsedMs, latenciesMs } = result;
  const answered = latenciesMs.length;
  const summary = {
    address,
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
    messages,
  };
  if (json) {
    printJson(summary);
    return;
  }
  const { p50, p95, p99, max } = summary.latencyMs ?? {};
  const milliseconds = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} ms`);
  printTable(
    ['searches', 'errors', 'time', 'queries/s', 'p50', 'p95', 'p99', 'max'],
    [
      [
        String(requests),
        String(errors),
        `${summary.seconds.toFixed(1)} s`,
        summary.queriesPerSecond.toFixed(0),
        ...[p50, p95, p99, max].map(milliseconds),
      ],
    ],
  );
  for (const [message, count] of Object.entries(messages)) process.stdout.write(`${count} times: ${message}\n`);
}
