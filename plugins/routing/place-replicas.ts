import { isDeepStrictEqual } from 'node:util';
import { readersOfGroups } from '../../core/resource-groups/readers-of-groups.ts';
import {
  DEFAULT_RESOURCE_GROUP,
  groupsOfReplicas,
  type ResourceGroupRecord,
} from '../../core/resource-groups/resource-group.ts';
import { finish, type Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import type { PlacedSegment, Placement, PlacementExplanation, RingDrawing, RoutingStrategy } from './routing.ts';

/**
 * Where the replicas of a collection lie. Routers and readers call this with what discovery and the catalog say, each on its own, and come to the same.
 *
 * A replica lies in one resource group: the catalog names it. The copies of a segment that lie in the same group are on different readers of it, chosen by the
 * strategy. A group's readers are not divided among its replicas: with 3 readers and 2 replicas that would give one reader a whole copy and the others half a
 * copy each, and a search of a replica would wait for the full one. So replica n of a group is the n-th owner of each of its segments, and every reader has its share of all.
 */

export interface ReplicaRequest {
  readonly collection: {
    readonly id: number;
    readonly replicaCount: number;
    readonly replicaGroups?: readonly string[];
  };
  /** Of the loaded partitions. */
  readonly segments: readonly PlacedSegment[];
  /** All readers that discovery names, healthy or not, in their groups. */
  readonly readers: GroupedReaders;
}

/** Readers by resource group, worked out once for all collections. */
export class GroupedReaders {
  readonly all: readonly Member[];
  readonly groups: readonly ResourceGroupRecord[];
  readonly #byGroup: ReadonlyMap<string, readonly Member[]>;

  /** `groups`: as the catalog has them. Without any of the operator's own all readers are in the default group. */
  constructor(all: readonly Member[], groups: readonly ResourceGroupRecord[]) {
    this.all = all;
    this.groups = groups;
    this.#byGroup = groups.length === 0 ? new Map([[DEFAULT_RESOURCE_GROUP, all]]) : readersOfGroups(groups, all);
  }

  of(group: string): readonly Member[] {
    return this.#byGroup.get(group) ?? [];
  }

  /** Whether it was made of the same readers and groups. */
  isOf(all: readonly Member[], groups: readonly ResourceGroupRecord[]): boolean {
    if (groups !== this.groups && !isDeepStrictEqual(groups, this.groups)) return false;
    return all.length === this.all.length && all.every((reader, place) => reader === this.all[place]);
  }
}

export interface PlacedReplicas {
  /** Per segment: its owners, replica by replica, then members of the same groups where a failed call may go. */
  readonly preferences: Placement;
  /** So many of each list are owners: one per replica, fewer where a group has fewer readers than replicas. */
  readonly ownerCount: number;
  /** The group of each of these owners, in their order. */
  readonly ownerGroups: readonly string[];
}

export function placeReplicas(strategy: RoutingStrategy, request: ReplicaRequest): PlacedReplicas {
  return finish(placeReplicasInSteps(strategy, request));
}

/** The same, in steps as far as the strategy has them. */
export function* placeReplicasInSteps(strategy: RoutingStrategy, request: ReplicaRequest): Steps<PlacedReplicas> {
  const parts: PlacedPart[] = [];
  for (const part of partsOf(request)) {
    const placing = {
      collectionId: request.collection.id,
      segments: request.segments,
      members: part.members,
      replicaCount: part.count,
    };
    const placement = strategy.placeInSteps ? yield* strategy.placeInSteps(placing) : strategy.place(placing);
    parts.push({ ...part, placement });
    yield;
  }
  const ownerGroups = parts.flatMap(({ group, ownerCount }) => Array<string>(ownerCount).fill(group));
  const preferences = parts.length === 1 ? parts[0]!.placement : yield* ownersFirst(request.segments, parts);
  return { preferences, ownerCount: ownerGroups.length, ownerGroups };
}

/** What the strategy says of each resource group that the collection lies in, by the group's name. */
export function explainReplicas(
  strategy: RoutingStrategy,
  request: ReplicaRequest,
): Readonly<Record<string, PlacementExplanation>> {
  return Object.fromEntries(
    partsOf(request).map(({ group, members, count }) => [
      group,
      strategy.explain({
        collectionId: request.collection.id,
        segments: request.segments,
        members,
        replicaCount: count,
      }),
    ]),
  );
}

/** The rings of the resource groups that the collection lies in, by the group's name, where the strategy has rings. */
export function drawRings(strategy: RoutingStrategy, request: ReplicaRequest): ReadonlyMap<string, RingDrawing> {
  const { collection, segments } = request;
  const drawn = partsOf(request).map(({ group, members, count }): [string, RingDrawing | undefined] => [
    group,
    strategy.drawRing?.({ collectionId: collection.id, segments, members, replicaCount: count }),
  ]);
  return new Map(drawn.filter((entry): entry is [string, RingDrawing] => entry[1] !== undefined));
}

interface Part {
  readonly group: string;
  readonly members: readonly Member[];
  /** Replicas in this group. */
  readonly count: number;
  readonly ownerCount: number;
}

interface PlacedPart extends Part {
  readonly placement: Placement;
}

/** One per group, in the order in which the collection names them first. */
function partsOf({ collection, readers }: ReplicaRequest): readonly Part[] {
  const counts = new Map<string, number>();
  for (const group of groupsOfReplicas(collection)) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Array.from(counts, ([group, count]) => {
    const members = readers.of(group);
    return { group, members, count, ownerCount: Math.min(count, members.length) };
  });
}

function* ownersFirst(segments: readonly PlacedSegment[], parts: readonly PlacedPart[]): Steps<Placement> {
  const preferences = new Map<number, readonly Member[]>();
  for (const { id } of segments) {
    const owners: Member[] = [];
    const spares: Member[] = [];
    for (const { placement, ownerCount } of parts) {
      for (const [place, member] of placement.get(id)!.entries()) (place < ownerCount ? owners : spares).push(member);
    }
    preferences.set(id, [...owners, ...spares]);
    if (preferences.size % ROUTING_LIMITS.segmentsPerStep === 0) yield;
  }
  return preferences;
}
