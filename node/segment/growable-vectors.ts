import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { IndexRecord } from '../../core/catalog.ts';
import type { VectorColumn } from '../../core/columns/column.ts';
import type { MetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { createVectorStore } from '../../native/native.ts';
import type { VectorStore } from '../../native/vector-store.ts';
import type { Lifetime } from './lifetime.ts';
import { LIMITS } from './limits.ts';
import { createRowBits, resizeRowBits } from './row-bits.ts';
import { storeLifetime, type VectorField } from './vector-field.ts';
import { type VectorSettings, vectorSettings } from './vector-settings.ts';

/** The vectors of one field of a growing segment. */
export class GrowableVectors implements VectorField {
  readonly field: FieldSchema;
  #settings: VectorSettings;
  #store: VectorStore;
  #storeLife: Lifetime;
  #nullRows: Uint8Array | undefined;
  #indexing: Promise<void> | undefined;
  /** Changes come one after the other: the last one asked for stays. */
  #configuring: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(field: FieldSchema, indexes: readonly IndexRecord[]) {
    this.field = field;
    this.#settings = vectorSettings(field, indexes);
    this.#store = createVectorStore(this.#settings.store);
    this.#storeLife = storeLifetime(this.#store);
  }

  get metric(): MetricType {
    return this.#settings.metric;
  }

  get settings(): VectorSettings {
    return this.#settings;
  }

  get store(): VectorStore {
    return this.#store;
  }

  /** Rows in the index; all of them where there is none to build. */
  get indexedCount(): number {
    return this.#settings.store.index ? this.#store.indexedCount : this.#store.rowCount;
  }

  get nullRows(): Uint8Array | undefined {
    return this.#nullRows;
  }

  get memoryBytes(): number {
    return this.#store.memoryBytes + (this.#nullRows?.byteLength ?? 0);
  }

  useStore(): () => void {
    return this.#storeLife.use();
  }

  append(column: VectorColumn): void {
    const from = this.#store.rowCount;
    this.#store.append(column.data, column.rowCount);
    if (!column.valid?.includes(0)) return;
    const rowCount = from + column.rowCount;
    if (!this.#nullRows) this.#nullRows = createRowBits(rowCount);
    else if (this.#nullRows.length * 8 < rowCount) this.#nullRows = resizeRowBits(this.#nullRows, rowCount * 2);
    for (let i = 0; i < column.rowCount; i++) {
      if (column.valid[i] === 0) this.#nullRows[(from + i) >>> 3]! |= 1 << ((from + i) & 7);
    }
  }

  /**
   * Brings the rows into the index until all are in; rows that come meanwhile, too. Calls while one runs share it. An index that learns from the
   * rows waits for `LIMITS.trainingRows` of them, unless these are all that will come.
   */
  index(threads: number | undefined, areAll = false): Promise<void> {
    this.#indexing ??= this.#index(threads, areAll).finally(() => {
      this.#indexing = undefined;
    });
    return this.#indexing;
  }

  /** Moves to another metric or index: the rows are copied into a new store, a bit per turn; until then the old one answers. */
  configure(indexes: readonly IndexRecord[]): Promise<void> {
    const configuring = this.#configuring.then(() => this.#configure(indexes));
    this.#configuring = configuring.catch(() => undefined);
    return configuring;
  }

  close(): void {
    this.#closed = true;
    this.#storeLife.close();
  }

  async #configure(indexes: readonly IndexRecord[]): Promise<void> {
    const settings = vectorSettings(this.field, indexes);
    if (isSame(settings, this.#settings)) return;
    const old = this.#store;
    const oldLife = this.#storeLife;
    const store = createVectorStore(settings.store);
    const rowsAtOnce = Math.max(1, Math.floor(LIMITS.copyBytes / store.rowBytes));
    for (;;) {
      const rows = Math.min(rowsAtOnce, old.rowCount - store.rowCount);
      if (rows === 0) break;
      const offsets = Uint32Array.from({ length: rows }, (_, i) => store.rowCount + i);
      store.append(old.get(offsets), rows);
      await setImmediate();
      if (this.#closed) return store.close();
    }
    this.#settings = settings;
    this.#store = store;
    this.#storeLife = storeLifetime(store);
    oldLife.close();
  }

  async #index(threads: number | undefined, areAll: boolean): Promise<void> {
    while (!this.#closed) {
      const store = this.#store;
      const { index } = this.#settings.store;
      if (!index || store.indexedCount === store.rowCount) return;
      if (!areAll && learnsFromRows(this.#settings) && store.rowCount < LIMITS.trainingRows) return;
      // Lists are best made of everything at once; a graph takes rows one by one.
      const batchRows = index.kind === 'lists' ? store.rowCount : LIMITS.indexBatchRows;
      const upTo = Math.min(store.rowCount, store.indexedCount + batchRows);
      try {
        await store.index(threads === undefined ? { upTo } : { upTo, threads });
      } catch (error) {
        // A store that was closed under the call (the segment's end, another metric) is no failure.
        if (!this.#closed && this.#store === store) throw error;
      }
    }
  }
}

function isSame(left: VectorSettings, right: VectorSettings): boolean {
  return left.metric === right.metric && isDeepStrictEqual(left.store.index, right.store.index);
}

/** Centres of lists, and the steps of a copy in bytes. */
function learnsFromRows({ store: { index, scalar } }: VectorSettings): boolean {
  return index?.kind === 'lists' || (index?.scalar === 'i8' && scalar !== 'i8');
}
