import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkInteger,
  checkOptions,
  checkRows,
  checkSearch,
  graphScalar,
  METRICS,
  rowBytes,
  SCALARS,
} from './check-arguments.ts';
import { countBits } from './count-bits.ts';
import {
  LIMITS,
  type Metric,
  type SavedFile,
  type Scalar,
  type SearchHits,
  type SearchOptions,
  type VectorStore,
  type VectorStoreOptions,
} from './vector-store.ts';

/** The store as C++ shows it (src/addon.cc). Arguments are not checked there. */
interface AddonStore {
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
    filter: Uint8Array | undefined,
    allowedCount: number,
    visibleRows: number,
    method: number,
  ): Promise<SearchHits>;
  get(offsets: Uint32Array): Uint8Array;
  save(path: string): Promise<readonly SavedFile[]>;
  close(): void;
}

interface Addon {
  readonly Store: new (...parts: readonly (number | string)[]) => AddonStore;
  cpuFeatures(): string;
}

const ADDON_PATH = join(dirname(fileURLToPath(import.meta.url)), 'build', 'braid_native.node');
const METHODS = ['auto', 'exact', 'graph'] as const;

/** Node keeps a loaded addon: asking again costs nothing. */
function loadAddon(): Addon {
  if (!existsSync(ADDON_PATH)) throw new Error(`the addon is not built (${ADDON_PATH}): run npm run build`);
  return createRequire(import.meta.url)(ADDON_PATH) as Addon;
}

/** An empty store to append to. */
export function createVectorStore(options: VectorStoreOptions): VectorStore {
  checkOptions(options);
  const { Store } = loadAddon();
  return new NativeVectorStore(options, new Store(...parts(options)), false);
}

/**
 * Maps the files that `save` wrote at `path`; `options` must be those they were written with. The caller has verified their checksums: a damaged graph crashes the process when
 * it is searched. What does not fit together (lengths, rows, levels) is refused with an error that names the file.
 */
export async function openVectorStore(
  path: string,
  options: VectorStoreOptions & { readonly rowCount: number },
): Promise<VectorStore> {
  checkOptions(options);
  checkInteger('rowCount', options.rowCount, 0, LIMITS.rowsMax);
  const { Store } = loadAddon();
  return new NativeVectorStore(options, new Store(...parts(options), path, options.rowCount), true);
}

/** Instruction sets that the kernels use on this machine, best first. */
export function cpuFeatures(): readonly string[] {
  return loadAddon().cpuFeatures().split(' ');
}

function parts(options: VectorStoreOptions): number[] {
  const { dimensions, scalar, metric, graph } = options;
  const graphPart = graph
    ? [SCALARS.indexOf(graphScalar(options)), graph.connectivity, graph.expansionAdd]
    : [-1, 0, 0];
  return [dimensions, SCALARS.indexOf(scalar), METRICS.indexOf(metric), ...graphPart];
}

class NativeVectorStore implements VectorStore {
  readonly dimensions: number;
  readonly scalar: Scalar;
  readonly metric: Metric;
  readonly rowBytes: number;
  readonly readOnly: boolean;
  readonly #hasGraph: boolean;
  #store: AddonStore | undefined;
  #isIndexing = false;

  constructor(options: VectorStoreOptions, store: AddonStore, readOnly: boolean) {
    this.dimensions = options.dimensions;
    this.scalar = options.scalar;
    this.metric = options.metric;
    this.rowBytes = rowBytes(options);
    this.readOnly = readOnly;
    this.#hasGraph = options.graph !== undefined;
    this.#store = store;
  }

  get rowCount(): number {
    return this.#open().rows;
  }

  get indexedCount(): number {
    return this.#open().indexed;
  }

  get memoryBytes(): number {
    return this.#open().memory;
  }

  append(rows: Uint8Array, count: number): void {
    const store = this.#writable();
    checkInteger('count', count, 0, LIMITS.rowsMax - store.rows);
    checkRows('rows', rows, count, this.rowBytes);
    store.append(rows, count);
  }

  async index(options: { readonly upTo?: number; readonly threads?: number } = {}): Promise<number> {
    const store = this.#writable();
    if (!this.#hasGraph) throw new TypeError('this store was made without a graph');
    if (this.#isIndexing) throw new Error('another call of index is running');
    const { upTo = store.rows, threads = availableParallelism() } = options;
    checkInteger('upTo', upTo, 0, store.rows);
    checkInteger('threads', threads, 1, LIMITS.threadsMax);
    this.#isIndexing = true;
    try {
      return await store.index(upTo, threads);
    } finally {
      this.#isIndexing = false;
    }
  }

  async search(queries: Uint8Array, queryCount: number, options: SearchOptions): Promise<SearchHits> {
    const store = this.#open();
    const { rows } = store;
    const { filter, visibleRows = rows, method = 'auto' } = options;
    checkInteger('queryCount', queryCount, 1, LIMITS.queriesMax);
    checkRows('queries', queries, queryCount, this.rowBytes);
    checkInteger('visibleRows', visibleRows, 0, rows);
    checkSearch(options, visibleRows);
    const allowedCount = filter ? (options.allowedCount ?? countBits(filter, visibleRows)) : visibleRows;
    const methodNumber = METHODS.indexOf(method);
    if (methodNumber < 0) throw new TypeError(`method must be one of ${METHODS.join(', ')}, got ${method}`);
    return store.search(
      queries,
      queryCount,
      options.k,
      options.expansion,
      filter,
      allowedCount,
      visibleRows,
      methodNumber,
    );
  }

  get(offsets: Uint32Array): Uint8Array {
    const store = this.#open();
    if (!(offsets instanceof Uint32Array)) throw new TypeError(`offsets must be a Uint32Array, got ${typeof offsets}`);
    const { rows } = store;
    for (const offset of offsets) {
      if (offset >= rows) throw new RangeError(`offset ${offset} is beyond the ${rows} rows of this store`);
    }
    return store.get(offsets);
  }

  async save(path: string): Promise<readonly SavedFile[]> {
    if (this.#isIndexing) throw new Error('the graph is being built: save when index is done');
    return this.#writable().save(path);
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  #open(): AddonStore {
    if (!this.#store) throw new Error('this store is closed');
    return this.#store;
  }

  #writable(): AddonStore {
    if (this.readOnly) throw new TypeError('this store was opened from files: it cannot change');
    return this.#open();
  }
}
