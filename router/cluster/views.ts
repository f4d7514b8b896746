import type { CollectionRecord, View } from '../../core/catalog.ts';
import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import { Slices } from '../../core/slices.ts';
import type { Steps } from '../../core/steps.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { GroupedReaders, PlacedReplicas } from '../../plugins/routing/place-replicas.ts';
import type { RouterLimits } from '../limits.ts';
import type { CatalogSnapshot } from './catalog-snapshot.ts';
import type { Members } from './members.ts';
import type { Placement, Route } from './placement.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { SharedCatalog } from './shared-catalog.ts';
import { SingleFlight } from './single-flight.ts';
import { withTimeLimit } from './with-time-limit.ts';

export interface ViewsDependencies {
  readonly store: Pick<MetadataStore, 'readView'>;
  readonly placement: Placement;
  readonly members: Members;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly metrics: Pick<RouterMetrics, 'routeLookup'>;
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
  /** Routes that are being made, by the same keys. */
  readonly making: Map<string, RouteInMaking>;
  /** The next reading is of the store: what is known is too old, and the shared copy may be, too. */
  mistrustsShared: boolean;
}

/** What a route was made from; it is in date while all of this is the same. */
interface RouteOrigin {
  readonly views: readonly View[];
  readonly collection: CollectionRecord;
  readonly partitionIds: readonly number[];
  readonly revision: number;
  readonly readers: GroupedReaders;
}

interface ChosenRoute {
  readonly route: Route;
  readonly validUntilMs: number;
}

interface RouteInMaking {
  readonly origin: RouteOrigin;
  readonly promise: Promise<Route>;
}

interface CachedRoute extends ChosenRoute {
  readonly origin: RouteOrigin;
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
 *
 * Routes of large collections are made in slices, and the old one stays in use meanwhile: a search waits only for the first route, for one of other partitions, and where the old one
 * would not do (`newest`, a view that is gone). An old route is right as long as its view is there; readers that have left or are down are met by the scatter like any others.
 */
export class Views {
  readonly #dependencies: ViewsDependencies;
  readonly #tracked = new Map<number, Tracked>();
  readonly #slices: Slices;

  constructor(dependencies: ViewsDependencies) {
    this.#dependencies = dependencies;
    this.#slices = new Slices(dependencies.limits.sliceMs);
  }

  /** Where a read of these partitions goes. Quick (no wait) for a collection that was read before. */
  async route(collection: CollectionRecord, options: RouteOptions): Promise<Route> {
    const { members, clock, metrics, placement } = this.#dependencies;
    const tracked = this.#tracked.get(collection.id) ?? (await this.#track(collection.id));
    const key = `${options.newest ?? false}:${options.partitionIds?.join() ?? ''}`;
    const cached = tracked.routes.get(key);
    const origin: RouteOrigin = {
      views: tracked.views,
      collection,
      partitionIds:
        cached?.origin.collection === collection ? cached.origin.partitionIds : partitionsOf(collection, options),
      revision: members.revision,
      readers: placement.readers,
    };
    const isKnown = cached !== undefined && isInDate(cached, origin, clock.monotonicMs());
    metrics.routeLookup(isKnown);
    if (isKnown) return cached.route;
    const isUsable =
      cached && hasPartitions(cached, origin) && (!options.newest || cached.route.view === tracked.views[0]);
    const making = tracked.making.get(key);
    const isMaking =
      making && hasPartitions(making, origin) && (!options.newest || making.origin.views === tracked.views);
    const made = isMaking ? making.promise : this.#make(tracked, key, origin, options);
    return isUsable && made instanceof Promise ? cached.route : made;
  }

  /** The newest view known, read when there is none yet. */
  async newest(collectionId: number): Promise<View> {
    const tracked = this.#tracked.get(collectionId) ?? (await this.#track(collectionId));
    return tracked.views[0]!;
  }

  /** Where the replicas of the newest view belong. */
  async replicas(collection: CollectionRecord): Promise<PlacedReplicas> {
    const { placement } = this.#dependencies;
    return this.#slices.run(placement.replicas(await this.newest(collection.id), collection));
  }

  /** Reads the newest view; older ones are forgotten: a node has said that its segments are gone. */
  async renew(collectionId: number): Promise<void> {
    const tracked = this.#tracked.get(collectionId);
    if (!tracked) return;
    tracked.mistrustsShared = true;
    await tracked.flight.run();
    tracked.views = tracked.views.slice(0, 1);
    // Not even for a while: what is being made may be of the old ones, too.
    tracked.routes.clear();
    tracked.making.clear();
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

  /** Collections in use of which a newer view is known to exist than was read. */
  staleCount(): number {
    const { versionOf } = this.#dependencies;
    let count = 0;
    for (const [id, { views }] of this.#tracked) if ((versionOf(id) ?? 0) > (views[0]?.version ?? 0)) count++;
    return count;
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
      making: new Map(),
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

  /** At once if it is quick. */
  #make(tracked: Tracked, key: string, origin: RouteOrigin, options: RouteOptions): Route | Promise<Route> {
    const begun = this.#slices.begin(this.#choose(tracked, origin, options));
    const keep = (chosen: ChosenRoute): Route => {
      if (tracked.routes.size >= this.#dependencies.limits.routesMax) tracked.routes.clear();
      tracked.routes.set(key, { ...chosen, origin });
      return chosen.route;
    };
    if (begun.isDone) return keep(begun.result);
    // Called off: its view is gone, or other partitions are asked for now.
    const isCalledOff = (): boolean => tracked.making.get(key) !== making;
    const promise = begun.promise
      .then((chosen) => (isCalledOff() ? chosen.route : keep(chosen)))
      .finally(() => isCalledOff() || tracked.making.delete(key));
    const making: RouteInMaking = { origin, promise };
    tracked.making.set(key, making);
    promise.catch((error) => {
      this.#dependencies.logger.error({ error, collectionId: origin.collection.id }, 'a route cannot be made');
    });
    return promise;
  }

  *#choose(
    tracked: Tracked,
    { views, collection, partitionIds }: RouteOrigin,
    options: RouteOptions,
  ): Steps<ChosenRoute> {
    const { placement, clock, limits } = this.#dependencies;
    const partitions = new Set(partitionIds);
    const patienceEndsMs = tracked.newestSinceMs + limits.viewPatienceMs;
    const newest = yield* placement.route(views[0]!, collection, partitions);
    if (newest.allReady || options.newest || clock.monotonicMs() >= patienceEndsMs) {
      return { route: newest, validUntilMs: Number.POSITIVE_INFINITY };
    }
    for (const view of views.slice(1)) {
      const route = yield* placement.route(view, collection, partitions);
      if (route.allReady) return { route, validUntilMs: patienceEndsMs };
    }
    return { route: newest, validUntilMs: Number.POSITIVE_INFINITY };
  }
}

function isInDate({ origin, validUntilMs }: CachedRoute, now: RouteOrigin, nowMs: number): boolean {
  return (
    origin.views === now.views &&
    origin.collection === now.collection &&
    origin.revision === now.revision &&
    origin.readers === now.readers &&
    nowMs < validUntilMs
  );
}

function partitionsOf(collection: CollectionRecord, { partitionIds }: RouteOptions): readonly number[] {
  return partitionIds ?? loadedPartitionIds(collection);
}

function hasPartitions(made: { readonly origin: RouteOrigin }, { partitionIds }: RouteOrigin): boolean {
  return sameNumbers(made.origin.partitionIds, partitionIds);
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left === right || (left.length === right.length && left.every((value, place) => value === right[place]));
}

export function loadedPartitionIds(collection: CollectionRecord): readonly number[] {
  return collection.partitions.filter((partition) => partition.loaded).map((partition) => partition.id);
}
