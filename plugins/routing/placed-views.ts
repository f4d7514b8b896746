import type { CollectionRecord, View } from '../../core/catalog.ts';
import type { Steps } from '../../core/steps.ts';
import { type GroupedReaders, type PlacedReplicas, placeReplicasInSteps } from './place-replicas.ts';
import type { RoutingStrategy } from './routing.ts';

interface PlacedView {
  readonly collection: CollectionRecord;
  readonly readers: GroupedReaders;
  readonly replicas: PlacedReplicas;
}

/** The last placement of each view that is in use. */
export class PlacedViews {
  readonly #strategy: RoutingStrategy;
  readonly #placed = new WeakMap<View, PlacedView>();

  constructor(strategy: RoutingStrategy) {
    this.#strategy = strategy;
  }

  /** Where the replicas of the view's loaded partitions belong. The same object until the view, the collection or the readers change. */
  *replicas(view: View, collection: CollectionRecord, readers: GroupedReaders): Steps<PlacedReplicas> {
    const known = this.#placed.get(view);
    if (known?.collection === collection && known.readers === readers) return known.replicas;
    const loaded = new Set(collection.partitions.filter((partition) => partition.loaded).map(({ id }) => id));
    const segments = view.segments.filter((segment) => loaded.has(segment.partitionId));
    const replicas = yield* placeReplicasInSteps(this.#strategy, { collection, segments, readers });
    this.#placed.set(view, { collection, readers, replicas });
    return replicas;
  }
}
