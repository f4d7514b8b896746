import type { CollectionRecord, View } from '../../core/catalog.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { Placement as PlacedMembers, RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { MemberHandle } from './member-handle.ts';
import type { Members } from './members.ts';

/** Where the segments of one view (or those of some partitions) are answered for. */
export interface Route {
  readonly view: View;
  readonly segmentCount: number;
  readonly groups: readonly SegmentGroup[];
  /** Every segment is ready on a healthy reader. */
  readonly allReady: boolean;
}

/** Segments with the same candidates. */
export interface SegmentGroup {
  readonly segmentIds: readonly number[];
  /** Equally good: the healthy owners that hold all of the segments, or the one best member if there are none. Empty only when there is no reader at all. */
  readonly owners: readonly MemberHandle[];
  /** All others, best first: where a failed call goes next. */
  readonly others: readonly MemberHandle[];
}

/**
 * Which reader answers for which segment. The strategy places the segments of all loaded partitions on all readers that discovery names, healthy or not: readers compute the
 * same from the same lists, and a reader that hiccups does not move other readers' segments. Health and readiness then decide among a segment's members, in
 * the order of preference: ready before not ready, healthy before not.
 */
export class Placement {
  readonly #strategy: RoutingStrategy;
  readonly #members: Members;
  /** The last placement of each view that is in use. */
  readonly #placed = new WeakMap<View, { readonly key: string; readonly placement: PlacedMembers }>();

  constructor(strategy: RoutingStrategy, members: Members) {
    this.#strategy = strategy;
    this.#members = members;
  }

  /** `partitionIds`: the loaded partitions that are asked for. */
  route(view: View, collection: CollectionRecord, partitionIds: ReadonlySet<number>): Route {
    const placement = this.#place(view, collection);
    const replicaCount = Math.max(1, collection.replicaCount);
    const groups = new Map<
      string,
      { segmentIds: number[]; owners: readonly MemberHandle[]; others: readonly MemberHandle[] }
    >();
    let segmentCount = 0;
    let allReady = true;
    for (const { id, partitionId } of view.segments) {
      if (!partitionIds.has(partitionId)) continue;
      segmentCount++;
      const candidates = this.#candidates(id, collection.id, placement.get(id) ?? [], replicaCount);
      allReady &&= candidates.ready;
      const group = groups.get(candidates.key);
      if (group) group.segmentIds.push(id);
      else groups.set(candidates.key, { segmentIds: [id], owners: candidates.owners, others: candidates.others });
    }
    return { view, segmentCount, groups: [...groups.values()], allReady };
  }

  /** Readers by preference for every segment of the loaded partitions. */
  preferences(view: View, collection: CollectionRecord): PlacedMembers {
    return this.#place(view, collection);
  }

  #place(view: View, collection: CollectionRecord): PlacedMembers {
    const loaded = new Set(
      collection.partitions.filter((partition) => partition.loaded).map((partition) => partition.id),
    );
    const members = this.#members.readers().map((handle) => handle.member);
    const replicaCount = Math.max(1, collection.replicaCount);
    const key = [
      replicaCount,
      ...loaded,
      ...members.map((member) => `${member.nodeId}@${member.weight}@${member.zone}`),
    ].join();
    const known = this.#placed.get(view);
    if (known?.key === key) return known.placement;
    const segments = view.segments.filter((segment) => loaded.has(segment.partitionId));
    const placement = this.#strategy.place({ collectionId: collection.id, segments, members, replicaCount });
    this.#placed.set(view, { key, placement });
    return placement;
  }

  #candidates(segmentId: number, collectionId: number, preference: readonly Member[], replicaCount: number) {
    const ranked = preference
      .map((member, place) => {
        const handle = this.#members.find(member.nodeId);
        const ready = handle?.readySegments(collectionId).has(segmentId) ?? false;
        return { handle, ready, place, rank: handle ? rankOf(handle, ready) : 0 };
      })
      .filter((candidate) => candidate.handle !== undefined)
      .sort((left, right) => left.rank - right.rank || left.place - right.place);
    const isOwner = (candidate: (typeof ranked)[number]): boolean =>
      candidate.rank === 0 && candidate.place < replicaCount;
    const ownerCount = Math.max(1, ranked.filter(isOwner).length);
    const handles = ranked.map((candidate) => candidate.handle!);
    return {
      ready: ranked[0]?.rank === 0,
      key: [...namesOf(handles.slice(0, ownerCount)).sort(), '|', ...namesOf(handles.slice(ownerCount))].join(),
      owners: handles.slice(0, ownerCount),
      others: handles.slice(ownerCount),
    };
  }
}

function namesOf(handles: readonly MemberHandle[]): string[] {
  return handles.map((handle) => handle.member.nodeId);
}

/** 0: healthy and ready; then healthy but it must load first, draining, unknown or ejected, down. */
function rankOf(handle: MemberHandle, ready: boolean): number {
  switch (handle.health) {
    case 'healthy':
      return ready ? 0 : 1;
    case 'draining':
      return ready ? 2 : 3;
    case 'new':
    case 'ejected':
      return 4;
    case 'down':
      return 5;
  }
}
