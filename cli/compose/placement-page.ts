import type { CollectionRecord, View } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import {
  explainReplicas,
  GroupedReaders,
  placeReplicas,
  type ReplicaRequest,
} from '../../plugins/routing/place-replicas.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { MovingSegment, PlacementPage } from './page-shapes.ts';
import type { ProcessParts } from './process-parts.ts';

/** Where a collection belongs, and what is still on its way there, as this router computes it. */
export function explainPlacement(
  routing: RoutingStrategy,
  { members, catalog }: Pick<Cluster, 'members' | 'catalog'>,
  collection: CollectionRecord,
  view: View | undefined,
): PlacementPage {
  const handles = members.readers();
  const readers = new GroupedReaders(
    handles.map(({ member }) => member),
    catalog.current.resourceGroups,
  );
  const loaded = new Set(collection.partitions.filter((partition) => partition.loaded).map(({ id }) => id));
  const segments = view?.segments.filter(({ partitionId }) => loaded.has(partitionId)) ?? [];
  const request: ReplicaRequest = { collection, segments, readers };
  const { preferences, ownerCount, ownerGroups } = placeReplicas(routing, request);
  const holdersOf = (id: number) =>
    handles.filter((handle) => handle.health === 'healthy' && handle.readySegments(collection.id).has(id));
  const moving = segments.flatMap(({ id }): MovingSegment[] => {
    const holders = holdersOf(id).map(({ member }) => member);
    const owners = preferences.get(id)!.slice(0, ownerCount);
    // Strategies may keep members of an earlier list: the same nodes, other objects.
    const holds = ({ nodeId }: Member): boolean => holders.some((holder) => holder.nodeId === nodeId);
    const to = owners.filter((owner) => !holds(owner));
    if (to.length === 0) return [];
    const serving = owners.filter(holds);
    const servedBy = serving.length > 0 ? serving : holders;
    return [{ id, to: to.map(({ address }) => address), servedBy: servedBy.map(({ address }) => address) }];
  });
  const groups = [...new Set(ownerGroups)].map((group) => [group, readers.of(group).map(({ nodeId }) => nodeId)]);
  return {
    replicas: ownerGroups,
    groups: Object.fromEntries(groups),
    explanations: explainReplicas(routing, request),
    moving,
  };
}

/** `/placement?collection=<name>[&database=<name>]` on a router's management port. */
export async function placementPage(
  { routing, metadata }: ProcessParts,
  cluster: Cluster,
  query: URLSearchParams,
): Promise<PlacementPage> {
  const name = query.get('collection');
  if (!name) throw new BraidError('parameterMissing', 'name a collection: /placement?collection=<name>');
  const database = query.get('database') ?? 'default';
  const collection = await cluster.catalog.read((catalog) => catalog.collection(database, name));
  return explainPlacement(routing, cluster, collection, await metadata.readView(collection.id));
}
