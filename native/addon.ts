import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { RowOrder } from './order-rows.ts';
import { sourcesFingerprint } from './sources-fingerprint.mjs';
import type { Metric, SavedFile, Scalar, SearchHits } from './vector-store.ts';

/** The addon as C++ shows it (src/addon.cc, src/store_object.cc, src/sparse_object.cc, src/order_job.cc, src/list_scan_job.cc). It checks nothing: `check-arguments.ts` has. */
export interface Addon {
  /** Fingerprint of the sources that it was compiled from; addons older than this check have none. */
  readonly sources?: string;
  create(...options: StoreNumbers): AddonStore;
  open(...optionsAndFiles: [...StoreNumbers, path: string, rowCount: number, inMemory: boolean]): Promise<AddonStore>;
  readonly SparseIndex: new () => AddonSparseIndex;
  /** Kind 0 int64, 1 double, 2 texts (src/order_job.h). */
  orderRows(
    kind: number,
    count: number,
    values: Uint8Array | BigInt64Array | Float64Array,
    offsets: Uint32Array | undefined,
  ): Promise<RowOrder>;
  scanLists(
    chunkBytes: readonly Uint8Array[],
    chunkOffsets: readonly Uint32Array[],
    firstRow: number,
    queries: Uint8Array,
    queryOffsets: Uint32Array,
    firstQuery: number,
    queryCount: number,
    k: number,
    filter: Uint8Array | undefined,
    visibleRows: number,
    dimensions: number,
    scalar: number,
    metric: number,
  ): Promise<SearchHits>;
  /** Names, best first, space separated. */
  cpuFeatures(): string;
  /** One kernel by itself; undefined where this machine or the pair of metric and scalar has none. */
  distance(
    instructionSet: number,
    metric: number,
    scalar: number,
    dimensions: number,
    a: Uint8Array,
    b: Uint8Array,
  ): number | undefined;
}

export type StoreNumbers = [
  dimensions: number,
  scalar: number,
  metric: number,
  copyScalar: number,
  /** Of a graph; 0: none. */
  connectivity: number,
  expansionAdd: number,
  /** Inverted lists, 0 for as many as suit the rows; -1: none. */
  listCount: number,
];

export interface AddonStore {
  readonly rows: number;
  readonly indexed: number;
  readonly memory: number;
  append(rows: Uint8Array, count: number): void;
  index(upTo: number, threads: number): Promise<number>;
  search(
    queries: Uint8Array,
    queryCount: number,
    k: number,
    expansion: number,
    probes: number,
    candidates: number,
    filter: Uint8Array | undefined,
    allowedCount: number,
    visibleRows: number,
    method: number,
  ): Promise<SearchHits>;
  get(offsets: Uint32Array): Uint8Array;
  save(path: string): Promise<readonly SavedFile[]>;
  close(): void;
}

export interface AddonSparseIndex {
  readonly rows: number;
  readonly indexed: number;
  readonly memory: number;
  append(bytes: Uint8Array, offsets: Uint32Array): void;
  index(everything: boolean): Promise<number>;
  search(
    queries: Uint8Array,
    offsets: Uint32Array,
    first: number,
    count: number,
    k: number,
    filter: Uint8Array | undefined,
    visibleRows: number,
    dropRatio: number,
    averageLength: number,
    k1: number,
    b: number,
  ): Promise<SearchHits>;
  statistics(terms: Uint32Array): Promise<{ readonly total: number; readonly rowCounts: Float64Array }>;
  close(): void;
}

/** C++ knows these by their place (src/scalar.h, src/kernels.h, src/search.h). */
export const SCALARS = ['f32', 'f16', 'bf16', 'i8', 'b1'] as const satisfies readonly Scalar[];
export const METRICS = ['l2', 'ip', 'cosine', 'hamming', 'jaccard'] as const satisfies readonly Metric[];
export const INSTRUCTION_SETS = ['portable', 'avx2', 'avx512'] as const;
export const METHODS = ['auto', 'exact', 'index'] as const;

const ADDON_PATH = fileURLToPath(new URL('./build/braid_native.node', import.meta.url));
const SOURCES_PATH = fileURLToPath(new URL('./src', import.meta.url));

/** Node keeps a loaded addon: asking again costs nothing. */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const isKept = ADDON_PATH in require.cache;
  if (!isKept && !existsSync(ADDON_PATH)) throw new Error(`the addon is not built (${ADDON_PATH}): run npm run build`);
  const addon: Addon = require(ADDON_PATH);
  if (isKept) return addon;
  try {
    checkSources(addon, SOURCES_PATH);
  } catch (error) {
    delete require.cache[ADDON_PATH];
    throw error;
  }
  return addon;
}

/**
 * Refuses an addon that was compiled from other sources than those in `folder`: its calls take other arguments, and being called with ours it may crash the process.
 * Where the sources do not lie beside it there is nothing to compare with.
 */
export function checkSources(addon: Pick<Addon, 'sources'>, folder: string): void {
  if (!existsSync(folder) || addon.sources === sourcesFingerprint(folder)) return;
  throw new Error(`the addon was built from other sources than those in ${folder}: run npm run build`);
}
