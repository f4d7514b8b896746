import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { IndexRecord } from '../../core/catalog.ts';
import { type MetricType, parseMetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { openVectorStore } from '../../native/native.ts';
import type { VectorStore, VectorStoreOptions } from '../../native/vector-store.ts';
import { isMapped } from './is-mapped.ts';
import type { Lifetime } from './lifetime.ts';
import { indexOfManifest, type VectorManifest } from './segment-manifest.ts';
import { storeLifetime, type VectorField } from './vector-field.ts';
import { nativeMetric, type VectorSettings, vectorSettings } from './vector-settings.ts';

interface SealedSettings extends VectorSettings {
  readonly store: VectorStoreOptions & { readonly inMemory: boolean };
}

export interface SealedVectorsOptions {
  readonly field: FieldSchema;
  readonly manifest: VectorManifest;
  readonly indexes: readonly IndexRecord[];
  readonly folder: string;
  readonly rowCount: number;
  readonly nullRows: Uint8Array | undefined;
  /** Of the collection. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The vectors of one field of a sealed segment: rows and index mapped from files, or loaded into memory. */
export class SealedVectors implements VectorField {
  readonly #options: SealedVectorsOptions;
  #settings: SealedSettings;
  #store: VectorStore;
  #storeLife: Lifetime;
  #configuring: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: SealedVectorsOptions, settings: SealedSettings, store: VectorStore) {
    this.#options = options;
    this.#settings = settings;
    this.#store = store;
    this.#storeLife = storeLifetime(store);
  }

  static async open(options: SealedVectorsOptions): Promise<SealedVectors> {
    const settings = sealedSettings(options, options.indexes);
    return new SealedVectors(options, settings, await openStore(options, settings.store));
  }

  get field(): FieldSchema {
    return this.#options.field;
  }

  get metric(): MetricType {
    return this.#settings.metric;
  }

  get store(): VectorStore {
    return this.#store;
  }

  get nullRows(): Uint8Array | undefined {
    return this.#options.nullRows;
  }

  get indexedCount(): number {
    return this.#settings.store.index ? this.#store.indexedCount : this.#store.rowCount;
  }

  get memoryBytes(): number {
    return this.#store.memoryBytes + (this.nullRows?.byteLength ?? 0);
  }

  useStore(): () => void {
    return this.#storeLife.use();
  }

  /** Opens the files in another way if the indexes ask for it; until then the store that is there answers. */
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
    const settings = sealedSettings(this.#options, indexes);
    if (isDeepStrictEqual(settings, this.#settings)) return;
    const store = await openStore(this.#options, settings.store);
    if (this.#closed) return store.close();
    this.#storeLife.close();
    this.#settings = settings;
    this.#store = store;
    this.#storeLife = storeLifetime(store);
  }
}

/** The index in the files serves any other with its metric that wants one, until the segment is rewritten; without an index it stays as it was written. */
function sealedSettings(options: SealedVectorsOptions, indexes: readonly IndexRecord[]): SealedSettings {
  const { field, manifest, properties } = options;
  const { dimensions, scalar } = manifest;
  const index = indexOfManifest(manifest);
  const written = parseMetricType(manifest.metricType);
  const hasIndex = indexes.some((index) => index.fieldId === field.id);
  const wanted = vectorSettings(field, indexes);
  const metric = hasIndex ? wanted.metric : written;
  const store: VectorStoreOptions = { dimensions, scalar, metric: nativeMetric(metric) };
  const usesIndex = index !== undefined && metric === written && (!hasIndex || wanted.store.index !== undefined);
  const record = indexes.find((candidate) => candidate.fieldId === field.id);
  const inMemory = !isMapped(field, record, properties);
  return { metric, store: { ...store, ...(usesIndex && { index }), inMemory } };
}

async function openStore(options: SealedVectorsOptions, store: SealedSettings['store']): Promise<VectorStore> {
  const path = join(options.folder, String(options.field.id));
  return await openVectorStore(path, { ...store, rowCount: options.rowCount });
}
