import type { Member } from '../plugins/discovery/discovery.ts';
import { GroupedReaders, type PlacedReplicas, placeReplicasInSteps } from '../plugins/routing/place-replicas.ts';
import type { RoutingStrategy } from '../plugins/routing/routing.ts';
import { measureSteps } from './measure-steps.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

export interface PlacementFigures {
  /** Of all collections, nothing known before. */
  readonly coldMs: number;
  /** The same again after one reader has joined, and after it has left. */
  readonly joinMs: number;
  readonly leaveMs: number;
  /** The longest placement of one collection, the first of all aside; that one makes the ring. */
  readonly longestMs: number;
  readonly firstMs: number;
  /** What the event loop is held at most. */
  readonly longestSliceMs: number;
  /** Copies that the join moved, as a multiple of the new reader's share. */
  readonly joinMovement: number;
  readonly leaveMovement: number;
  /** The fullest reader by its bytes per weight, as a multiple of the mean. */
  readonly fullest: number;
  readonly emptiest: number;
}

/** All collections placed on all readers, with one more, and without it again. */
export function measurePlacement(strategy: RoutingStrategy, cluster: SimulatedCluster): PlacementFigures {
  const all = [...cluster.readers, cluster.newReader()];
  const before = placeAll(strategy, cluster, cluster.readers);
  const joined = placeAll(strategy, cluster, all);
  const left = placeAll(strategy, cluster, [...cluster.readers].reverse());
  const weightSum = all.reduce((sum, reader) => sum + (reader.weight ?? 1), 0);
  const copies = ownersOf(before.placed).reduce((sum, [, owners]) => sum + owners.length, 0);
  const ideal = (copies * (all.at(-1)!.weight ?? 1)) / weightSum;
  const loads = loadsOf(cluster, before.placed);
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  return {
    coldMs: before.totalMs,
    joinMs: joined.totalMs,
    leaveMs: left.totalMs,
    firstMs: Math.max(before.firstMs, joined.firstMs),
    longestMs: Math.max(before.longestMs, joined.longestMs),
    longestSliceMs: Math.max(before.longestSliceMs, joined.longestSliceMs, left.longestSliceMs),
    joinMovement: gained(before.placed, joined.placed) / ideal,
    leaveMovement: gained(joined.placed, left.placed) / ideal,
    fullest: Math.max(...loads) / mean,
    emptiest: Math.min(...loads) / mean,
  };
}

type Placed = ReadonlyMap<number, PlacedReplicas>;

function placeAll(strategy: RoutingStrategy, cluster: SimulatedCluster, members: readonly Member[]) {
  const readers = new GroupedReaders(members, []);
  const placed = new Map<number, PlacedReplicas>();
  let longestSliceMs = 0;
  const durationsMs = cluster.collections.map((collection) => {
    const { segments } = cluster.views.get(collection.id)!;
    const measured = measureSteps(placeReplicasInSteps(strategy, { collection, segments, readers }));
    placed.set(collection.id, measured.result);
    longestSliceMs = Math.max(longestSliceMs, measured.longestSliceMs);
    return measured.totalMs;
  });
  const [firstMs = 0, ...others] = durationsMs;
  const totalMs = durationsMs.reduce((sum, durationMs) => sum + durationMs, 0);
  return { placed, totalMs, firstMs, longestMs: Math.max(...others), longestSliceMs };
}

function ownersOf(placed: Placed): [number, readonly Member[]][] {
  return [...placed.values()].flatMap(({ preferences, ownerCount }) =>
    Array.from(preferences, ([id, list]): [number, readonly Member[]] => [id, list.slice(0, ownerCount)]),
  );
}

/** Copies that are where they were not before. */
function gained(before: Placed, after: Placed): number {
  const known = new Map(ownersOf(before));
  let count = 0;
  for (const [id, owners] of ownersOf(after)) {
    const had = new Set(known.get(id)!.map(({ nodeId }) => nodeId));
    for (const { nodeId } of owners) if (!had.has(nodeId)) count++;
  }
  return count;
}

/** Bytes per weight of each reader. */
function loadsOf(cluster: SimulatedCluster, placed: Placed): readonly number[] {
  const loads = new Map(cluster.readers.map((reader) => [reader.nodeId, 0]));
  const sizes = new Map(
    [...cluster.views.values()].flatMap(({ segments }) => segments.map(({ id, byteLength }) => [id, byteLength])),
  );
  for (const [id, owners] of ownersOf(placed)) {
    for (const { nodeId, weight = 1 } of owners) loads.set(nodeId, loads.get(nodeId)! + sizes.get(id)! / weight);
  }
  return [...loads.values()];
}
