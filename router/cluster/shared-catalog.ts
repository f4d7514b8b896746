import { parseWithBigints, stringifyWithBigints } from '../../core/bigint-json.ts';
import type { Catalog, View } from '../../core/catalog.ts';
import type { Cache } from '../../plugins/cache/cache.ts';
import type { RouterLimits } from '../limits.ts';
import { seal, unseal } from './sealed-value.ts';

/**
 * Of the records in core/catalog.ts: raise it with every change of their form, so that routers of two releases do not read each other's. It is part of every key
 * and channel.
 */
const RECORDS_VERSION = 2;

/** On this channel versions of the catalog are announced. The writer says them, too (cli/compose/announce-catalog.ts). */
export const CATALOG_CHANNEL = 'catalog-version';

/**
 * What routers tell each other through a shared cache: copies of the catalog and of views, one key each, and that there is a new version. The metadata store stays the truth: a copy is taken
 * only for the very version that the store names, or when the store does not answer. Whatever is wrong with the cache is a copy that is not there.
 */
export class SharedCatalog {
  readonly #cache: Cache;
  readonly #limits: RouterLimits;

  constructor(cache: Cache, limits: RouterLimits) {
    this.#cache = cache;
    this.#limits = limits;
  }

  async readCatalog(): Promise<Catalog | undefined> {
    const copy = await this.#read(CATALOG_KEY);
    return copy && catalogOf(copy as CatalogCopy);
  }

  async readView(collectionId: number): Promise<View | undefined> {
    return (await this.#read(viewKey(collectionId))) as View | undefined;
  }

  /** In the background: nobody waits for it. */
  putCatalog(catalog: Catalog): void {
    void this.#put(CATALOG_KEY, catalog.version, { ...catalog, viewVersions: [...catalog.viewVersions] });
  }

  putView(view: View): void {
    void this.#put(viewKey(view.collectionId), view.version, view);
  }

  announce(version: number): void {
    void this.#cache.publish(CATALOG_CHANNEL, String(version));
  }

  /** What is no version is not passed on. */
  onAnnounced(listener: (version: number) => void): Promise<AsyncDisposable> {
    return this.#cache.subscribe(CATALOG_CHANNEL, (message) => {
      const version = Number(message);
      if (message !== '' && Number.isSafeInteger(version)) listener(version);
    });
  }

  async #read(key: string): Promise<object | undefined> {
    const sealed = await this.#cache.get(key);
    const value = sealed && (await unseal(key, sealed));
    if (!value) return undefined;
    try {
      const record = parseWithBigints(decoder.decode(value.bytes)) as { readonly version?: number };
      return record.version === value.version ? record : undefined;
    } catch {
      return undefined;
    }
  }

  async #put(key: string, version: number, record: object): Promise<void> {
    const bytes = encoder.encode(stringifyWithBigints(record));
    await this.#cache.set(key, await seal(key, { version, bytes }), this.#limits.sharedCopyMs);
  }
}

type CatalogCopy = Omit<Catalog, 'viewVersions'> & { readonly viewVersions: readonly (readonly [number, number])[] };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const CATALOG_KEY = `catalog-${RECORDS_VERSION}`;

function viewKey(collectionId: number): string {
  return `view-${RECORDS_VERSION}-${collectionId}`;
}

function catalogOf(copy: CatalogCopy): Catalog {
  return { ...copy, viewVersions: new Map(copy.viewVersions) };
}
