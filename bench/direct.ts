import { Index, MetricKind, ScalarKind } from 'usearch';
import { createVectorStore } from '../native/native.ts';
import type { VectorStore } from '../native/vector-store.ts';
import { cpuPerCallUs, ownCpuUs } from './measure.ts';
import { bytesOf, NEIGHBOURS, recallOf, type Workload } from './workload.ts';

/** The index library called directly: the stock usearch binding, and our addon. One query a call, as a server gets them. */

export const CONNECTIVITY = 16;
export const EXPANSION_ADD = 128;
const EXPANSIONS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const MEASURE_MS = 1_500;

export interface DirectResult {
  /** Smallest breadth tried that reaches the recall. */
  readonly expansion: number;
  readonly recall: number;
  readonly cpuUs: number;
  /** CPU microseconds per row to build. */
  readonly buildCpuUs: number;
}

export function measureStock(workload: Workload, recallMin: number): Promise<DirectResult> {
  const { dimension, rowCount, rows } = workload;
  const options = {
    dimensions: dimension,
    metric: MetricKind.Cos,
    quantization: ScalarKind.F32,
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION_ADD,
    multi: false,
  };
  const build = new Index({ ...options, expansion_search: NEIGHBOURS });
  const startedUs = ownCpuUs();
  build.add(
    BigUint64Array.from({ length: rowCount }, (_, row) => BigInt(row)),
    rows,
    1,
  );
  const buildCpuUs = (ownCpuUs() - startedUs) / rowCount;
  const file = `/tmp/braid-bench-${process.pid}.usearch`;
  build.save(file);
  return measureAt(workload, recallMin, buildCpuUs, (expansion) => {
    const index = new Index({ ...options, expansion_search: expansion });
    index.load(file);
    return async (query) => Array.from(index.search(query, NEIGHBOURS, 1).keys, Number);
  });
}

export async function measureOwn(workload: Workload, recallMin: number): Promise<DirectResult> {
  const store = createVectorStore({
    dimensions: workload.dimension,
    scalar: 'f32',
    metric: 'cosine',
    index: { kind: 'graph', connectivity: CONNECTIVITY, expansionAdd: EXPANSION_ADD },
  });
  store.append(bytesOf(workload.rows), workload.rowCount);
  const startedUs = ownCpuUs();
  await store.index({ threads: 1 });
  const buildCpuUs = (ownCpuUs() - startedUs) / workload.rowCount;
  const result = await measureAt(workload, recallMin, buildCpuUs, (expansion) => searchOf(store, expansion));
  store.close();
  return result;
}

type Search = (query: Float32Array) => Promise<ArrayLike<number>>;

function searchOf(store: VectorStore, expansion: number): Search {
  return async (query) =>
    (await store.search(bytesOf(query), 1, { k: NEIGHBOURS, expansion, method: 'index' })).offsets;
}

async function measureAt(
  workload: Workload,
  recallMin: number,
  buildCpuUs: number,
  open: (expansion: number) => Search,
): Promise<DirectResult> {
  for (const expansion of EXPANSIONS) {
    const search = open(expansion);
    const found = new Int32Array(workload.queryCount * NEIGHBOURS).fill(-1);
    for (let i = 0; i < workload.queryCount; i++)
      found.set(Array.from(await search(queryOf(workload, i))), i * NEIGHBOURS);
    const recall = recallOf(workload, found);
    if (recall < recallMin && expansion !== EXPANSIONS.at(-1)) continue;
    let next = 0;
    const cpuUs = await cpuPerCallUs(MEASURE_MS, async () => {
      await search(queryOf(workload, next++ % workload.queryCount));
    });
    return { expansion, recall, cpuUs, buildCpuUs };
  }
  throw new Error('unreachable: the last breadth is always measured');
}

export function queryOf({ queries, dimension }: Workload, i: number): Float32Array {
  return queries.subarray(i * dimension, (i + 1) * dimension);
}
