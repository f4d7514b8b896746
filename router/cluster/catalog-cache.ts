import type { Catalog } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { RouterLimits } from '../limits.ts';
import { CatalogSnapshot } from './catalog-snapshot.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { SharedCatalog } from './shared-catalog.ts';
import { SingleFlight } from './single-flight.ts';
import { withTimeLimit } from './with-time-limit.ts';

export interface CatalogCacheDependencies {
  readonly store: Pick<MetadataStore, 'catalogVersion' | 'readCatalog'>;
  readonly logger: PluginLogger;
  readonly metrics: RouterMetrics;
  readonly limits: RouterLimits;
  /** Copies that routers share; the store stays the truth. */
  readonly shared: SharedCatalog | undefined;
}

/**
 * The router's copy of the catalog. It is renewed when the writer or another router announces a newer version, after this router's own changes, when a name is not found, and
 * by polling. While the metadata store cannot be read, the last known version stays in use, without a limit of time; a newer one in the shared cache is taken, and a router that has
 * none begins with that, however old: copies leave the cache a day after a router last renewed them.
 */
export class CatalogCache implements AsyncDisposable {
  readonly #dependencies: CatalogCacheDependencies;
  readonly #flight = new SingleFlight(() => this.#load());
  readonly #listeners: ((snapshot: CatalogSnapshot) => void)[] = [];
  #snapshot: CatalogSnapshot | undefined;
  /** What the snapshot was made of. */
  #catalog: Catalog | undefined;
  /** The newest version that is said to be there. */
  #announced = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failing = false;

  constructor(dependencies: CatalogCacheDependencies) {
    this.#dependencies = dependencies;
  }

  /** Reads once and begins to poll. A store that cannot be reached is no error: `current` throws until it was. */
  async start(): Promise<void> {
    await this.refresh().catch(() => {});
    this.#poll();
  }

  /** The newest version known. Throws `serviceNotReady` before the first was read. */
  get current(): CatalogSnapshot {
    if (!this.#snapshot)
      throw new BraidError('serviceNotReady', 'the catalog has not been read yet: the metadata store does not answer');
    return this.#snapshot;
  }

  /**
   * The result of `plan` on the current catalog. If that fails for a reason in the request (an unknown name, a collection that is not loaded, an unknown field), the catalog
   * is looked up, and if there is a newer one, `plan` runs once more: another router may have made the change that the caller counts on.
   */
  async read<T>(plan: (catalog: CatalogSnapshot) => T): Promise<T> {
    const before = this.current;
    try {
      return plan(before);
    } catch (thrown) {
      if (!(thrown instanceof BraidError) || !thrown.isInput) throw thrown;
      await this.refresh().catch(() => {});
      if (this.current.version === before.version) throw thrown;
      return plan(this.current);
    }
  }

  /** A look at the store that begins after this call. Throws when the store cannot be read. */
  refresh(): Promise<void> {
    return this.#flight.run();
  }

  /** Resolves when this version (announced by the writer) is known. The change is made already: a store that cannot be read is waited for in vain, but is no error. */
  async refreshAtLeast(version: number): Promise<void> {
    for (let tries = 0; tries < this.#dependencies.limits.catalogCatchUpTriesMax; tries++) {
      if (this.#snapshot && this.#snapshot.version >= version) return;
      await this.refresh().catch(() => {});
    }
  }

  /** The writer or another router says that there is this version. */
  announce(version: number): void {
    this.#announced = Math.max(this.#announced, version);
    if (this.#closed || (this.#snapshot && this.#snapshot.version >= version)) return;
    this.refresh().catch(() => {});
  }

  /** Tells the other routers. */
  announceToOthers(version: number): void {
    this.#dependencies.shared?.announce(version);
  }

  /** Keeps the shared copy from expiring. One that the store could not confirm is left to those who know better. */
  renewShared(): boolean {
    if (!this.#catalog || this.#failing) return false;
    this.#dependencies.shared?.putCatalog(this.#catalog);
    return true;
  }

  /** Called with every new version. */
  onChange(listener: (snapshot: CatalogSnapshot) => void): void {
    this.#listeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    const { store, metrics, limits, logger } = this.#dependencies;
    try {
      const version = await withTimeLimit(
        store.catalogVersion(),
        limits.metadataReadMsMax,
        'reading the version of the catalog',
      );
      if (!this.#snapshot || version > this.#snapshot.version) {
        const startedMs = performance.now();
        this.#replace(await this.#read(version));
        metrics.catalogUpdate(performance.now() - startedMs);
      }
      metrics.catalogRefresh('success');
      this.#failing = false;
    } catch (error) {
      metrics.catalogRefresh('fail');
      if (!this.#failing)
        logger.warn({ error }, 'the metadata store cannot be read: the last known catalog stays in use');
      this.#failing = true;
      await this.#takeShared();
      throw error;
    }
  }

  /** The shared copy where it is of the version that the store names: another router has read it. */
  async #read(version: number): Promise<Catalog> {
    const { store, limits, shared } = this.#dependencies;
    const copy = await shared?.readCatalog();
    if (copy?.version === version) return copy;
    const catalog = await withTimeLimit(store.readCatalog(), limits.metadataReadMsMax, 'reading the catalog');
    shared?.putCatalog(catalog);
    return catalog;
  }

  /** The store does not answer: what another router knew last is better than less. */
  async #takeShared(): Promise<void> {
    const { shared, logger } = this.#dependencies;
    if (this.#snapshot && this.#announced <= this.#snapshot.version) return;
    const copy = await shared?.readCatalog();
    if (!copy || (this.#snapshot && copy.version <= this.#snapshot.version)) return;
    logger.warn({ version: copy.version }, 'the catalog is taken from the shared cache');
    this.#replace(copy);
  }

  #replace(catalog: Catalog): void {
    if (this.#snapshot && catalog.version <= this.#snapshot.version) return;
    const snapshot = new CatalogSnapshot(catalog);
    this.#catalog = catalog;
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener(snapshot);
  }

  #poll(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.refresh()
        .catch(() => {})
        .finally(() => this.#poll());
    }, this.#dependencies.limits.catalogPollMs).unref();
  }
}
