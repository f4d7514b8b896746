import type { CollectionRecord, SegmentRecord, View } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import {
  drawRings,
  explainReplicas,
  GroupedReaders,
  placeReplicas,
  type ReplicaRequest,
} from '../../plugins/routing/place-replicas.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { MovingSegment, PlacementPage, RingPage } from './page-shapes.ts';
import type { ProcessParts } from './process-parts.ts';

const RING_SEGMENTS_MAX = 2_000;

/** Where a collection belongs, and what is still on its way there, as this router computes it. */
export function explainPlacement(
  routing: RoutingStrategy,
  { members, catalog }: Pick<Cluster, 'members' | 'catalog'>,
  collection: CollectionRecord,
  view: View | undefined,
): PlacementPage {
  const handles = members.readers();
  const request = placementRequest({ members, catalog }, collection, view);
  const { segments, readers } = request;
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

/** What the strategy is asked about a collection: its loaded segments and all readers. */
function placementRequest(
  { members, catalog }: Pick<Cluster, 'members' | 'catalog'>,
  collection: CollectionRecord,
  view: View | undefined,
): ReplicaRequest & { readonly segments: readonly SegmentRecord[] } {
  const readers = new GroupedReaders(
    members.readers().map(({ member }) => member),
    catalog.current.resourceGroups,
  );
  const loaded = new Set(collection.partitions.filter((partition) => partition.loaded).map(({ id }) => id));
  const segments = view?.segments.filter(({ partitionId }) => loaded.has(partitionId)) ?? [];
  return { collection, segments, readers };
}

/** `/placement?collection=<name>[&database=<name>]` on a router's management port. */
export async function placementPage(
  parts: ProcessParts,
  cluster: Cluster,
  query: URLSearchParams,
): Promise<PlacementPage> {
  const { collection, view } = await namedCollection(parts, cluster, query);
  return explainPlacement(parts.routing, cluster, collection, view);
}

/** `/placement/ring?collection=<name>[&database=<name>]`: the rings of the resource groups that a collection lies in; none where the strategy has none. */
export async function ringPage(
  parts: ProcessParts,
  cluster: Cluster,
  query: URLSearchParams,
): Promise<readonly RingPage[]> {
  const { collection, view } = await namedCollection(parts, cluster, query);
  const request = placementRequest(cluster, collection, view);
  const explanations = explainReplicas(parts.routing, request);
  return Array.from(drawRings(parts.routing, request), ([group, { keys, ...drawing }]): RingPage => {
    const { strategy, placedBy = 'segment', owners = {} } = explanations[group]!;
    const segments = Object.entries(keys)
      .map(([id, key]) => ({ id: Number(id), key, owners: owners[Number(id)] ?? [] }))
      .sort((left, right) => left.key - right.key)
      .slice(0, RING_SEGMENTS_MAX);
    return { ...drawing, group, strategy, placedBy, segments };
  });
}

async function namedCollection(
  { metadata }: ProcessParts,
  cluster: Cluster,
  query: URLSearchParams,
): Promise<{ readonly collection: CollectionRecord; readonly view: View | undefined }> {
  const name = query.get('collection');
  if (!name) throw new BraidError('parameterMissing', 'name a collection: ?collection=<name>');
  const database = query.get('database') ?? 'default';
  const collection = await cluster.catalog.read((catalog) => catalog.collection(database, name));
  return { collection, view: await metadata.readView(collection.id) };
}
