import type { AccessRecords } from '../../core/access/access-records.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { RouterLimits } from '../limits.ts';
import type { CatalogCache } from './catalog-cache.ts';
import { SingleFlight } from './single-flight.ts';
import { withTimeLimit } from './with-time-limit.ts';

export interface AccessCacheDependencies {
  readonly store: Pick<MetadataStore, 'readAccess'>;
  readonly catalog: CatalogCache;
  readonly limits: RouterLimits;
}

/**
 * The router's copy of users, roles and privileges. Looked up (one row, unless they have changed) when it is needed and the catalog has a newer version than at the
 * last look: every change of access makes one.
 */
export class AccessCache {
  readonly #dependencies: AccessCacheDependencies;
  readonly #flight = new SingleFlight(() => this.#load());
  #records: AccessRecords | undefined;
  #seenCatalogVersion = -1;
  #isFollowing = false;

  constructor(dependencies: AccessCacheDependencies) {
    this.#dependencies = dependencies;
  }

  /** The newest that is known; undefined before the first read. */
  get current(): AccessRecords | undefined {
    return this.#records;
  }

  /** From now on they are read anew with every new version of the catalog, and not only when they are needed. */
  follow(): void {
    this.#isFollowing = true;
    this.#dependencies.catalog.onChange(() => this.catchUp());
  }

  /** Resolves when they are as new as the catalog, if that matters; a store that cannot be read is no error. */
  async catchUp(): Promise<void> {
    if (this.#isFollowing) await this.read().catch(() => {});
  }

  /** As new as the catalog that this router knows. Rejects when the metadata store cannot be read and nothing is known yet. */
  async read(): Promise<AccessRecords> {
    if (!this.#records || this.#seenCatalogVersion < this.#dependencies.catalog.current.version) {
      await this.#flight.run().catch((error) => {
        if (!this.#records) throw error;
      });
    }
    return this.#records!;
  }

  async #load(): Promise<void> {
    const { store, catalog, limits } = this.#dependencies;
    const catalogVersion = catalog.current.version;
    const reading = store.readAccess(this.#records?.version);
    const records = await withTimeLimit(reading, limits.metadataReadMsMax, 'reading users and roles');
    if (records) this.#records = records;
    this.#seenCatalogVersion = catalogVersion;
  }
}
