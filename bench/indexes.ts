import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricType } from '../core/metric.ts';
import { createVectorStore, openVectorStore } from '../native/native.ts';
import type { SearchHits, VectorStore, VectorStoreOptions } from '../native/vector-store.ts';
import { nativeIndex } from '../node/segment/native-index.ts';
import { planSearch } from '../node/segment/search-plan.ts';
import { nativeMetric } from '../node/segment/vector-settings.ts';
import { cpuPerCallUs, ownCpuUs } from './measure.ts';
import { bytesOf, NEIGHBOURS, type Workload } from './workload.ts';

/** Every index type with default parameters against exact search, in one sealed segment, mapped from its files as readers have it. */

const MEASURE_MS = 1_000;
const NO_RECORD = { id: 1, name: 'index', fieldId: 101 };
/** Distances of the same two rows by two kernels. */
const ROUNDING = 1e-5;

export interface IndexCase {
  readonly name: string;
  readonly indexType: string;
  readonly metricType: MetricType;
  readonly params?: Readonly<Record<string, string>>;
}

const FLOAT_CASES: readonly IndexCase[] = [
  ['FLAT', {}],
  ['AUTOINDEX', {}],
  ['HNSW', {}],
  ['HNSW_SQ', { sq_type: 'SQ8' }],
  ['HNSW_SQ', { sq_type: 'BF16' }],
  ['HNSW_SQ', { sq_type: 'FP16' }],
  ['HNSW_PQ', {}],
  ['DISKANN', {}],
  ['IVF_FLAT', {}],
  ['IVF_FLAT', { nlist: '128' }],
  ['IVF_SQ8', {}],
  ['IVF_SQ8', { nlist: '128' }],
  ['SCANN', {}],
].map(([type, params]) => {
  const indexType = type as string;
  const given = params as Record<string, string>;
  return { name: [indexType, ...Object.values(given)].join(' '), indexType, metricType: 'COSINE', params: given };
});

const BIT_CASES: readonly IndexCase[] = ['HAMMING', 'JACCARD'].flatMap((metric) =>
  ['BIN_FLAT', 'BIN_IVF_FLAT', 'HNSW'].map((indexType) => {
    return { name: `${indexType} ${metric}`, indexType, metricType: metric as MetricType };
  }),
);

/** The rows and queries of a workload as a store takes them. */
export interface StoredRows {
  readonly scalar: 'f32' | 'b1';
  readonly dimensions: number;
  readonly rowCount: number;
  readonly rows: Uint8Array;
  readonly queryCount: number;
  readonly queries: Uint8Array;
}

export function floatsOf({ dimension, rowCount, rows, queryCount, queries }: Workload): StoredRows {
  const sizes = { dimensions: dimension, rowCount, queryCount };
  return { scalar: 'f32', ...sizes, rows: bytesOf(rows), queries: bytesOf(queries) };
}

export async function measureIndexes(workload: Workload): Promise<void> {
  console.log(`\n== index types: ${workload.name}, k = ${NEIGHBOURS}, default parameters`);
  console.log('type                  recall  us CPU/query  method  index bytes/row  us CPU/row to build');
  for (const [rows, cases] of [
    [floatsOf(workload), FLOAT_CASES],
    [signsOf(workload), BIT_CASES],
  ] as const) {
    for (const one of cases) await measureIndex(rows, one);
  }
}

async function measureIndex(rows: StoredRows, one: IndexCase): Promise<void> {
  const { store, buildCpuUs, indexBytes, remove } = await builtStore(rows, one);
  const { recall, cpuUs, method } = await measureSearches(store, rows, {});
  const columns = [
    one.name.padEnd(21),
    recall.toFixed(3).padStart(6),
    cpuUs.toFixed(0).padStart(13),
    method.padStart(7),
    (indexBytes / rows.rowCount).toFixed(0).padStart(16),
    (buildCpuUs / rows.rowCount).toFixed(1).padStart(20),
  ];
  console.log(columns.join(' '));
  await remove();
}

/** A store as a sealed segment has it. */
export async function builtStore(rows: StoredRows, { indexType, metricType, params = {} }: IndexCase) {
  const { scalar, dimensions } = rows;
  const index = nativeIndex({ ...NO_RECORD, indexType, metricType, params }, scalar);
  const options: VectorStoreOptions = { dimensions, scalar, metric: nativeMetric(metricType), ...(index && { index }) };
  const built = createVectorStore(options);
  built.append(rows.rows, rows.rowCount);
  const startedUs = ownCpuUs();
  if (index) await built.index();
  const buildCpuUs = ownCpuUs() - startedUs;
  const folder = await mkdtemp(join(tmpdir(), 'braid-bench-'));
  const files = await built.save(join(folder, 'v'));
  built.close();
  const store = await openVectorStore(join(folder, 'v'), { ...options, rowCount: rows.rowCount });
  const remove = async () => {
    store.close();
    await rm(folder, { recursive: true });
  };
  const indexBytes = files.slice(1).reduce((sum, file) => sum + file.byteLength, 0);
  return { store, buildCpuUs, indexBytes, remove };
}

export interface Searched {
  readonly recall: number;
  readonly cpuUs: number;
  readonly method: SearchHits['method'];
}

/** One query a call, as a server gets them; breadth as a node gives it where the user says nothing. */
export async function measureSearches(
  store: VectorStore,
  rows: StoredRows,
  more: { readonly filter?: Uint8Array; readonly allowedCount?: number },
): Promise<Searched> {
  const plan = planSearch({ k: NEIGHBOURS, expansion: 0, rowCounts: [rows.rowCount], segmentCount: 1 });
  const options = { k: NEIGHBOURS, expansion: plan.expansion, ...more };
  const truth = await store.search(rows.queries, rows.queryCount, { ...options, method: 'exact' });
  const found = await store.search(rows.queries, rows.queryCount, options);
  const queryBytes = rows.queries.length / rows.queryCount;
  let next = 0;
  const cpuUs = await cpuPerCallUs(MEASURE_MS, async () => {
    const query = next++ % rows.queryCount;
    await store.search(rows.queries.subarray(query * queryBytes, (query + 1) * queryBytes), 1, options);
  });
  return { recall: recallOfHits(truth, found), cpuUs, method: found.method };
}

/** A row as near as the last of the true ones is as good: bits have many equal distances. */
function recallOfHits(truth: SearchHits, found: SearchHits): number {
  let hits = 0;
  let trueAt = 0;
  let foundAt = 0;
  for (const [query, count] of truth.counts.entries()) {
    trueAt += count;
    const last = truth.distances[trueAt - 1] ?? Number.NEGATIVE_INFINITY;
    const end = foundAt + found.counts[query]!;
    for (; foundAt < end; foundAt++) if (found.distances[foundAt]! <= last + ROUNDING) hits++;
  }
  return hits / trueAt;
}

/** Bits of the same workload: which components are positive. */
function signsOf(workload: Workload): StoredRows {
  const { dimension, rowCount, queryCount } = workload;
  const sizes = { dimensions: dimension, rowCount, queryCount };
  return { scalar: 'b1', ...sizes, rows: signs(workload.rows), queries: signs(workload.queries) };
}

function signs(values: Float32Array): Uint8Array {
  const bits = new Uint8Array(values.length / 8);
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) bits[i >> 3]! |= 0x80 >> (i & 7);
  return bits;
}
