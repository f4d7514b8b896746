import { join } from 'node:path';
import type { IndexRecord } from '../../core/catalog.ts';
import { type MetricType, parseMetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { openVectorStore } from '../../native/native.ts';
import type { VectorStore, VectorStoreOptions } from '../../native/vector-store.ts';
import type { Lifetime } from './lifetime.ts';
import type { VectorManifest } from './segment-manifest.ts';
import { storeLifetime, type VectorField } from './vector-field.ts';
import { nativeMetric, type VectorSettings, vectorSettings } from './vector-settings.ts';

export interface SealedVectorsOptions {
  readonly field: FieldSchema;
  readonly manifest: VectorManifest;
  readonly indexes: readonly IndexRecord[];
  readonly folder: string;
  readonly rowCount: number;
  readonly nullRows: Uint8Array | undefined;
}

/** The vectors of one field of a sealed segment: rows and graph mapped from files. */
export class SealedVectors implements VectorField {
  readonly #options: SealedVectorsOptions;
  #settings: VectorSettings;
  #store: VectorStore;
  #storeLife: Lifetime;
  #configuring: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: SealedVectorsOptions, settings: VectorSettings, store: VectorStore) {
    this.#options = options;
    this.#settings = settings;
    this.#store = store;
    this.#storeLife = storeLifetime(store);
  }

  static async open(options: SealedVectorsOptions): Promise<SealedVectors> {
    const settings = sealedSettings(options.field, options.manifest, options.indexes);
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
    return this.#settings.store.graph ? this.#store.indexedCount : this.#store.rowCount;
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
    const { field, manifest } = this.#options;
    const settings = sealedSettings(field, manifest, indexes);
    const hasSameGraph = (settings.store.graph === undefined) === (this.#settings.store.graph === undefined);
    if (settings.metric === this.#settings.metric && hasSameGraph) return;
    const store = await openStore(this.#options, settings.store);
    if (this.#closed) return store.close();
    this.#storeLife.close();
    this.#settings = settings;
    this.#store = store;
    this.#storeLife = storeLifetime(store);
  }
}

/** The graph in the files serves any index with its metric that wants a graph; without an index the segment stays as it was written. */
function sealedSettings(field: FieldSchema, manifest: VectorManifest, indexes: readonly IndexRecord[]): VectorSettings {
  const { dimensions, scalar, graph } = manifest;
  const written = parseMetricType(manifest.metricType);
  const hasIndex = indexes.some((index) => index.fieldId === field.id);
  const wanted = vectorSettings(field, indexes);
  const metric = hasIndex ? wanted.metric : written;
  const store: VectorStoreOptions = { dimensions, scalar, metric: nativeMetric(metric) };
  const usesGraph = graph !== undefined && metric === written && (!hasIndex || wanted.store.graph !== undefined);
  return { metric, store: usesGraph ? { ...store, graph } : store };
}

async function openStore(options: SealedVectorsOptions, store: VectorStoreOptions): Promise<VectorStore> {
  const path = join(options.folder, String(options.field.id));
  return await openVectorStore(path, { ...store, rowCount: options.rowCount });
}
