import type { CollectionRecord, View } from '../../core/catalog.ts';
import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { GroupedReaders, PlacedReplicas } from '../../plugins/routing/place-replicas.ts';
import type { RouterLimits } from '../limits.ts';
import type { CatalogSnapshot } from './catalog-snapshot.ts';
import type { Members } from './members.ts';
import type { Placement, Route } from './placement.ts';
import type { SharedCatalog } from './shared-catalog.ts';
import { SingleFlight } from './single-flight.ts';
import { withTimeLimit } from './with-time-limit.ts';

export interface ViewsDependencies {
  readonly store: Pick<MetadataStore, 'readView'>;
  readonly placement: Placement;
  readonly members: Members;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly limits: RouterLimits;
  /** Version of the collection's view that the catalog names. */
  readonly versionOf: (collectionId: number) => number | undefined;
  /** Copies that routers share; the store stays the truth. */
  readonly shared: SharedCatalog | undefined;
}

interface Tracked {
  /** Newest first, at least one once `flight` has run. */
  views: readonly View[];
  /** When the newest became known. */
  newestSinceMs: number;
  readonly flight: SingleFlight;
  readonly routes: Map<string, CachedRoute>;
  /** The next reading is of the store: what is known is too old, and the shared copy may be, too. */
  mistrustsShared: boolean;
}

interface CachedRoute {
  readonly route: Route;
  readonly collection: CollectionRecord;
  readonly revision: number;
  readonly readers: GroupedReaders;
  readonly validUntilMs: number;
}

export interface RouteOptions {
  /** Ids of loaded partitions; undefined: all that are loaded. */
  readonly partitionIds: readonly number[] | undefined;
  /** The newest view although readers are still loading it: there is no writer who answers for what an older one lacks. */
  readonly newest?: boolean;
}

/**
 * The views of the collections that are searched, and the choice among them: the newest of which every segment is ready on a healthy reader. While readers load a new view,
 * searches stay on the one before (the writer answers for the difference) until patience ends; then they go to the newest, and readers load on demand.
 */
export class Views {
  readonly #dependencies: ViewsDependencies;
  readonly #tracked = new Map<number, Tracked>();

  constructor(dependencies: ViewsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Where a read of these partitions goes. Quick (no wait) for a collection that was read before. */
  async route(collection: CollectionRecord, options: RouteOptions): Promise<Route> {
    const { members, clock, placement } = this.#dependencies;
    const tracked = this.#tracked.get(collection.id) ?? (await this.#track(collection.id));
    const key = `${options.newest ?? false}:${options.partitionIds?.join() ?? ''}`;
    const cached = tracked.routes.get(key);
    const { revision } = members;
    const { readers } = placement;
    if (
      cached &&
      cached.revision === revision &&
      cached.collection === collection &&
      cached.readers === readers &&
      clock.monotonicMs() < cached.validUntilMs
    )
      return cached.route;
    const chosen = this.#choose(tracked, collection, options);
    if (tracked.routes.size >= this.#dependencies.limits.routesMax) tracked.routes.clear();
    tracked.routes.set(key, { ...chosen, collection, revision, readers });
    return chosen.route;
  }

  /** The newest view known, read when there is none yet. */
  async newest(collectionId: number): Promise<View> {
    const tracked = this.#tracked.get(collectionId) ?? (await this.#track(collectionId));
    return tracked.views[0]!;
  }

  /** Where the replicas of the newest view belong. */
  async replicas(collection: CollectionRecord): Promise<PlacedReplicas> {
    const { placement } = this.#dependencies;
    return placement.replicas(await this.newest(collection.id), collection);
  }

  /** Reads the newest view; older ones are forgotten: a node has said that its segments are gone. */
  async renew(collectionId: number): Promise<void> {
    const tracked = this.#tracked.get(collectionId);
    if (!tracked) return;
    tracked.mistrustsShared = true;
    await tracked.flight.run();
    tracked.views = tracked.views.slice(0, 1);
    tracked.routes.clear();
  }

  /** Follows the catalog: reads the new views of collections in use, forgets collections that are gone. */
  catalogChanged(catalog: CatalogSnapshot): void {
    for (const [collectionId, tracked] of this.#tracked) {
      const version = catalog.viewVersions.get(collectionId);
      if (!catalog.findCollectionById(collectionId)) this.#tracked.delete(collectionId);
      else if (version !== undefined && version > (tracked.views[0]?.version ?? -1))
        tracked.flight.run().catch(() => {});
    }
  }

  /** Keeps the shared copies from expiring. */
  renewShared(): void {
    for (const { views } of this.#tracked.values()) if (views[0]) this.#dependencies.shared?.putView(views[0]);
  }

  async #track(collectionId: number): Promise<Tracked> {
    const tracked: Tracked = {
      views: [],
      newestSinceMs: 0,
      flight: new SingleFlight(() => this.#read(collectionId, tracked)),
      routes: new Map(),
      mistrustsShared: false,
    };
    await tracked.flight.run();
    const known = this.#tracked.get(collectionId);
    if (known) return known;
    this.#tracked.set(collectionId, tracked);
    return tracked;
  }

  async #read(collectionId: number, tracked: Tracked): Promise<void> {
    const { clock, limits, logger } = this.#dependencies;
    try {
      const view = await this.#newestOf(collectionId, tracked);
      if (!view) throw new BraidError('collectionNotFound', `can't find collection[collection=${collectionId}]`);
      if (tracked.views[0] && view.version <= tracked.views[0].version) return;
      tracked.views = [view, ...tracked.views].slice(0, limits.viewsMax);
      tracked.newestSinceMs = clock.monotonicMs();
      tracked.routes.clear();
    } catch (error) {
      logger.warn({ error, collectionId }, 'a view cannot be read: the last known one stays in use');
      throw error;
    }
  }

  /** The shared copy where it is of the version that the catalog names, else what the store says; if that does not answer, any copy is better than none. */
  async #newestOf(collectionId: number, tracked: Tracked): Promise<View | undefined> {
    const { store, limits, shared, versionOf, logger } = this.#dependencies;
    const mistrustsShared = tracked.mistrustsShared;
    tracked.mistrustsShared = false;
    const copy = mistrustsShared ? undefined : await shared?.readView(collectionId);
    if (copy && copy.version === versionOf(collectionId)) return copy;
    try {
      const what = `reading the view of collection ${collectionId}`;
      const view = await withTimeLimit(store.readView(collectionId), limits.metadataReadMsMax, what);
      if (view) shared?.putView(view);
      return view;
    } catch (error) {
      if (!copy || tracked.views.length > 0) throw error;
      logger.warn({ error, collectionId, version: copy.version }, 'a view is taken from the shared cache');
      return copy;
    }
  }

  #choose(
    tracked: Tracked,
    collection: CollectionRecord,
    options: RouteOptions,
  ): { readonly route: Route; readonly validUntilMs: number } {
    const { placement, clock, limits } = this.#dependencies;
    const partitionIds = new Set(options.partitionIds ?? loadedPartitionIds(collection));
    const newest = placement.route(tracked.views[0]!, collection, partitionIds);
    const patienceEndsMs = tracked.newestSinceMs + limits.viewPatienceMs;
    if (newest.allReady || options.newest || clock.monotonicMs() >= patienceEndsMs) {
      return { route: newest, validUntilMs: Number.POSITIVE_INFINITY };
    }
    for (const view of tracked.views.slice(1)) {
      const route = placement.route(view, collection, partitionIds);
      if (route.allReady) return { route, validUntilMs: patienceEndsMs };
    }
    return { route: newest, validUntilMs: Number.POSITIVE_INFINITY };
  }
}

export function loadedPartitionIds(collection: CollectionRecord): readonly number[] {
  return collection.partitions.filter((partition) => partition.loaded).map((partition) => partition.id);
}
