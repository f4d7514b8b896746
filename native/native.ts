import { availableParallelism } from 'node:os';
import { type AddonStore, loadAddon, METHODS, METRICS, SCALARS, type StoreNumbers } from './addon.ts';
import { checkInteger, checkOffsets, checkOptions, checkRows, checkSearch } from './check-arguments.ts';
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

/** An empty store to append to. */
export function createVectorStore(options: VectorStoreOptions): VectorStore {
  checkOptions(options);
  return new NativeVectorStore(options, loadAddon().create(...numbersOf(options)), false);
}

/**
 * Opens the files that `save` wrote at `path`: maps them, or loads them with `inMemory`. `options` are those they were written with, and
 * the files of an index that they name must be there (a `listCount` need not be the same). Files of another store and cut ones are refused
 * with an error that names the file. A changed byte in the middle is not noticed: the caller has verified the checksums.
 */
export async function openVectorStore(
  path: string,
  options: VectorStoreOptions & { readonly rowCount: number; readonly inMemory?: boolean },
): Promise<VectorStore> {
  checkOptions(options);
  checkInteger('rowCount', options.rowCount, 0, LIMITS.rowsMax);
  const store = await loadAddon().open(...numbersOf(options), path, options.rowCount, options.inMemory ?? false);
  return new NativeVectorStore(options, store, true);
}

/** Instruction sets that the kernels use on this machine, best first. */
export function cpuFeatures(): string[] {
  return loadAddon().cpuFeatures().split(' ');
}

/** Bytes of one row. */
export function rowBytesOf(scalar: Scalar, dimensions: number): number {
  switch (scalar) {
    case 'f32':
      return dimensions * 4;
    case 'f16':
    case 'bf16':
      return dimensions * 2;
    case 'i8':
      return dimensions;
    case 'b1':
      return dimensions / 8;
  }
}

function numbersOf({ dimensions, scalar, metric, index }: VectorStoreOptions): StoreNumbers {
  const kinds = [dimensions, SCALARS.indexOf(scalar), METRICS.indexOf(metric)] as const;
  switch (index?.kind) {
    case undefined:
      return [...kinds, SCALARS.indexOf(scalar), 0, 0, -1];
    case 'graph': {
      const copy = index.scalar ?? (scalar === 'f32' || scalar === 'f16' ? 'bf16' : scalar);
      return [...kinds, SCALARS.indexOf(copy), index.connectivity, index.expansionAdd, -1];
    }
    case 'lists':
      return [...kinds, SCALARS.indexOf(index.scalar ?? scalar), 0, 0, index.listCount];
  }
}

class NativeVectorStore implements VectorStore {
  readonly dimensions: number;
  readonly scalar: Scalar;
  readonly metric: Metric;
  readonly rowBytes: number;
  readonly readOnly: boolean;
  readonly #hasIndex: boolean;
  #store: AddonStore | undefined;
  /** What may not overlap: one of them writes the index, the other reads all of it. */
  #busyWith: 'index' | 'save' | undefined;

  constructor(options: VectorStoreOptions, store: AddonStore, readOnly: boolean) {
    this.dimensions = options.dimensions;
    this.scalar = options.scalar;
    this.metric = options.metric;
    this.rowBytes = rowBytesOf(options.scalar, options.dimensions);
    this.readOnly = readOnly;
    this.#hasIndex = options.index !== undefined;
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
    if (!this.#hasIndex) throw new TypeError('index: this store was made without an index');
    const { upTo = store.rows, threads = Math.min(availableParallelism(), LIMITS.threadsMax) } = options;
    checkInteger('upTo', upTo, 0, store.rows);
    checkInteger('threads', threads, 1, LIMITS.threadsMax);
    return this.#alone('index', () => store.index(upTo, threads));
  }

  async search(queries: Uint8Array, queryCount: number, options: SearchOptions): Promise<SearchHits> {
    const store = this.#open();
    const { rows } = store;
    const { filter, visibleRows = rows, method = 'auto' } = options;
    checkInteger('queryCount', queryCount, 1, LIMITS.queriesMax);
    checkRows('queries', queries, queryCount, this.rowBytes);
    checkSearch(options, queryCount, visibleRows, rows);
    if (method === 'index' && !this.#hasIndex)
      throw new TypeError('method index: this store was made without an index');
    const allowedCount = filter ? (options.allowedCount ?? -1) : visibleRows;
    const { k, expansion, probes = 0, candidates = 0 } = options;
    const how = [k, expansion, probes, candidates] as const;
    return store.search(queries, queryCount, ...how, filter, allowedCount, visibleRows, METHODS.indexOf(method));
  }

  get(offsets: Uint32Array): Uint8Array {
    const store = this.#open();
    checkOffsets(offsets, store.rows);
    return store.get(offsets);
  }

  async save(path: string): Promise<readonly SavedFile[]> {
    const store = this.#writable();
    return this.#alone('save', () => store.save(path));
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  async #alone<T>(work: 'index' | 'save', run: () => Promise<T>): Promise<T> {
    if (this.#busyWith) throw new Error(`${work}: a call of ${this.#busyWith} is still running`);
    this.#busyWith = work;
    try {
      return await run();
    } finally {
      this.#busyWith = undefined;
    }
  }

  #open(): AddonStore {
    if (!this.#store) throw new Error('the store is closed');
    return this.#store;
  }

  #writable(): AddonStore {
    if (this.readOnly) throw new TypeError('the store was opened from files and cannot change');
    return this.#open();
  }
}
