import type { CollectionRecord, View } from '../../core/catalog.ts';
import type { ResourceGroupRecord } from '../../core/resource-groups/resource-group.ts';
import type { Steps } from '../../core/steps.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import { GroupedReaders, type PlacedReplicas } from '../../plugins/routing/place-replicas.ts';
import { PlacedViews } from '../../plugins/routing/placed-views.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import { ROUTER_LIMITS } from '../limits.ts';
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
  /**
   * Equally good: the healthy owners that hold all of the segments; if there are none the healthy readers that hold them all the same, which are former owners; if there are none either the
   * one best member. Empty only when there is no reader at all.
   */
  readonly owners: readonly MemberHandle[];
  /** All others, best first: where a failed call goes next. */
  readonly others: readonly MemberHandle[];
}

/**
 * Which reader answers for which segment. `placeReplicas` places the segments of all loaded partitions on all readers that discovery names, healthy or not: readers compute the
 * same from the same lists, and a reader that hiccups does not move other readers' segments. Health and readiness then decide among a segment's members, in
 * the order of preference: ready before not ready, healthy before not. While no owner is ready (a reader has just joined, replicas have moved), whoever still holds the
 * segment answers: readers keep what they lost until its new owners have it (node/reader/handover.ts).
 */
export class Placement {
  readonly #members: Members;
  readonly #currentGroups: () => readonly ResourceGroupRecord[];
  readonly #placed: PlacedViews;
  #readers = new GroupedReaders([], []);
  #readersRevision = -1;
  #lastGroups: readonly ResourceGroupRecord[] = [];

  /** `groups`: the resource groups of the catalog's current version. */
  constructor(strategy: RoutingStrategy, members: Members, groups: () => readonly ResourceGroupRecord[]) {
    this.#placed = new PlacedViews(strategy);
    this.#members = members;
    this.#currentGroups = groups;
  }

  /** The same object as long as readers and groups are the same: reports and versions of the catalog come often, changes of these seldom. */
  get readers(): GroupedReaders {
    const groups = this.#currentGroups();
    const { revision } = this.#members;
    if (revision === this.#readersRevision && groups === this.#lastGroups) return this.#readers;
    this.#readersRevision = revision;
    this.#lastGroups = groups;
    const members = this.#members.readers().map((handle) => handle.member);
    if (!this.#readers.isOf(members, groups)) this.#readers = new GroupedReaders(members, groups);
    return this.#readers;
  }

  /** `partitionIds`: the loaded partitions that are asked for. Members are seen as they are in the step that looks at them. */
  *route(view: View, collection: CollectionRecord, partitionIds: ReadonlySet<number>): Steps<Route> {
    const { preferences, ownerCount } = yield* this.replicas(view, collection);
    const candidates = new Candidates(this.#members, collection.id, ownerCount);
    const groups = new Map<string, SegmentGroup & { readonly segmentIds: number[] }>();
    let segmentCount = 0;
    let allReady = true;
    for (const { id, partitionId } of view.segments) {
      if (!partitionIds.has(partitionId)) continue;
      segmentCount++;
      if (segmentCount % ROUTER_LIMITS.segmentsPerStep === 0) yield;
      const { isReady, owners, others } = candidates.of(id, preferences.get(id) ?? []);
      allReady &&= isReady;
      const key = keyOf(owners, others);
      const group = groups.get(key);
      if (group) group.segmentIds.push(id);
      else groups.set(key, { segmentIds: [id], owners: handlesOf(owners), others: handlesOf(others) });
    }
    return { view, segmentCount, groups: [...groups.values()], allReady };
  }

  /** Where the replicas of the view's loaded partitions belong. The same object until the view, the collection, the readers or the groups change. */
  replicas(view: View, collection: CollectionRecord): Steps<PlacedReplicas> {
    return this.#placed.replicas(view, collection, this.readers);
  }
}

/** A member as it is while one route is made: looked up once, not for every segment. */
interface Candidate {
  readonly handle: MemberHandle;
  /** A small number, for keys. */
  readonly number: number;
  readonly ready: ReadonlySet<number>;
  readonly rankReady: number;
  readonly rankUnready: number;
}

/** Chooses among the members of each segment of one collection. */
class Candidates {
  readonly #members: Members;
  readonly #collectionId: number;
  readonly #ownerCount: number;
  readonly #known = new Map<string, Candidate | undefined>();
  #count = 0;
  #holders: readonly Candidate[] | undefined;

  constructor(members: Members, collectionId: number, ownerCount: number) {
    this.#members = members;
    this.#collectionId = collectionId;
    this.#ownerCount = ownerCount;
  }

  of(segmentId: number, preference: readonly Member[]) {
    const owners: Candidate[] = [];
    const holders: Candidate[] = [];
    const rest: Candidate[] = [];
    for (const [place, member] of preference.entries()) {
      const candidate = this.#find(member.nodeId);
      if (!candidate) continue;
      const isHolder = candidate.rankReady === 0 && candidate.ready.has(segmentId);
      if (isHolder) (place < this.#ownerCount ? owners : holders).push(candidate);
      else rest.push(candidate);
    }
    if (rest.length > 1) rest.sort((left, right) => rankFor(left, segmentId) - rankFor(right, segmentId));
    if (owners.length > 0) return { isReady: true, owners, others: [...holders, ...rest] };
    for (const former of this.#formerOwners()) {
      if (former.ready.has(segmentId) && !holders.includes(former)) holders.push(former);
    }
    if (holders.length > 0) return { isReady: true, owners: holders, others: rest };
    return { isReady: false, owners: rest.slice(0, 1), others: rest.slice(1) };
  }

  #find(nodeId: string): Candidate | undefined {
    if (this.#known.has(nodeId)) return this.#known.get(nodeId);
    const handle = this.#members.find(nodeId);
    const candidate = handle && this.#candidate(handle);
    this.#known.set(nodeId, candidate);
    return candidate;
  }

  #candidate(handle: MemberHandle): Candidate {
    return {
      handle,
      number: this.#count++,
      ready: handle.readySegments(this.#collectionId),
      rankReady: rankOf(handle, true),
      rankUnready: rankOf(handle, false),
    };
  }

  /** Readers that hold segments of the collection: healthy ones, then those that are leaving the cluster. */
  #formerOwners(): readonly Candidate[] {
    const listed = (): Candidate[] => this.#members.readers().map(({ member }) => this.#find(member.nodeId)!);
    const leaving = (): Candidate[] =>
      this.#members
        .leavingReaders()
        .filter(({ health }) => health === 'healthy' || health === 'draining')
        .map((handle) => this.#candidate(handle));
    this.#holders ??= [...listed().filter(({ rankReady }) => rankReady === 0), ...leaving()].filter(
      ({ ready }) => ready.size > 0,
    );
    return this.#holders;
  }
}

function rankFor({ ready, rankReady, rankUnready }: Candidate, segmentId: number): number {
  return rankReady === rankUnready || ready.has(segmentId) ? rankReady : rankUnready;
}

function handlesOf(candidates: readonly Candidate[]): readonly MemberHandle[] {
  return candidates.map(({ handle }) => handle);
}

/** 0: healthy and ready; then healthy but it must load first, draining, draining and not ready, unknown or ejected, down. */
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

/** The order of owners does not matter. */
function keyOf(owners: readonly Candidate[], others: readonly Candidate[]): string {
  const ownerNumbers = owners.map(({ number }) => number).sort(ascending);
  return `${ownerNumbers}|${others.map(({ number }) => number)}`;
}

function ascending(left: number, right: number): number {
  return left - right;
}
