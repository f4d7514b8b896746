import { LRUCache } from 'lru-cache';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { MemberRing } from './member-ring.ts';
import {
  type Placement,
  type PlacementExplanation,
  type PlacementRequest,
  type RoutingStrategy,
  SPARE_MEMBERS,
} from './routing.ts';

export interface ConsistentHashOptions {
  /** A collection smaller than this stays together. */
  readonly splitBytes: number;
  /** A member gets at most this many times its share of a split collection (and one segment more); 0: no bound. */
  readonly loadFactor: number;
}

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2017): segments, in the order of their ids, go to the first member on the ring that has
 * room. A ring alone gives the fullest of 8 readers 1.5 times its share of 64 segments, and a search waits for the fullest; a bound of 1.25 costs a fifth
 * more moves when a reader joins.
 */
export class ConsistentHash implements RoutingStrategy {
  readonly name = 'consistent-hash';
  readonly #options: ConsistentHashOptions;
  readonly #rings = new LRUCache<string, MemberRing>({ max: ROUTING_LIMITS.ringsMax });

  constructor(options: ConsistentHashOptions) {
    this.#options = options;
  }

  place(request: PlacementRequest): Placement {
    const { collectionId, members, segments, replicaCount } = request;
    if (members.length === 0) return new Map(segments.map((segment) => [segment.id, []]));
    const ring = this.#ringOf(members);
    if (!this.#isWhole(request)) return this.#placeEach(request, ring);
    const together = ring.walk(`collection-${collectionId}`, replicaCount + SPARE_MEMBERS);
    return new Map(segments.map((segment) => [segment.id, together]));
  }

  explain(request: PlacementRequest): PlacementExplanation {
    const placement = this.place(request);
    const bytes = new Map(request.members.map((member) => [member.nodeId, 0]));
    for (const segment of request.segments) {
      for (const { nodeId } of ownersOf(placement, segment.id, request)) {
        bytes.set(nodeId, bytes.get(nodeId)! + segment.byteLength);
      }
    }
    const owners = request.segments.map(({ id }) => [
      id,
      ownersOf(placement, id, request).map((member) => member.nodeId),
    ]);
    return {
      strategy: this.name,
      options: this.#options,
      placedBy: this.#isWhole(request) ? 'collection' : 'segment',
      ring: request.members.length === 0 ? [] : this.#ringOf(request.members).shares(),
      bytesPerMember: Object.fromEntries(bytes),
      owners: Object.fromEntries(owners),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#rings.clear();
  }

  #placeEach({ segments, replicaCount }: PlacementRequest, ring: MemberRing): Placement {
    const loads = new Loads(ring.members, this.#options.loadFactor * replicaCount * totalBytes(segments));
    const count = replicaCount + SPARE_MEMBERS;
    const placement = new Map<number, readonly Member[]>();
    for (const { id, byteLength } of [...segments].sort((left, right) => left.id - right.id)) {
      const nearby = byRoom(ring.walk(String(id), count + ROUTING_LIMITS.walkSurplus), loads);
      // Far around the ring only when those nearby are full.
      const { withRoom, full } =
        nearby.withRoom.length >= replicaCount ? nearby : byRoom(ring.walk(String(id), ring.members.length), loads);
      const preferred = withRoom.length >= count ? withRoom.slice(0, count) : [...withRoom, ...full].slice(0, count);
      for (const owner of preferred.slice(0, replicaCount)) loads.add(owner, byteLength);
      placement.set(id, preferred);
    }
    return placement;
  }

  #isWhole({ segments }: PlacementRequest): boolean {
    return totalBytes(segments) < this.#options.splitBytes;
  }

  #ringOf(members: readonly Member[]): MemberRing {
    const identity = MemberRing.identity(members);
    const ring = this.#rings.get(identity) ?? new MemberRing(members);
    this.#rings.set(identity, ring);
    return ring;
  }
}

/** Bytes given to each member so far, against its share of `bytesMax`. */
class Loads {
  readonly #bytes = new Map<string, number>();
  readonly #bytesPerWeight: number;

  constructor(members: readonly Member[], bytesMax: number) {
    const weights = members.reduce((sum, member) => sum + (member.weight ?? 1), 0);
    this.#bytesPerWeight = bytesMax === 0 ? Number.POSITIVE_INFINITY : bytesMax / weights;
  }

  hasRoom(member: Member): boolean {
    return (this.#bytes.get(member.nodeId) ?? 0) < this.#bytesPerWeight * (member.weight ?? 1);
  }

  add(member: Member, byteLength: number): void {
    this.#bytes.set(member.nodeId, (this.#bytes.get(member.nodeId) ?? 0) + byteLength);
  }
}

/** Both in the order of the walk. */
function byRoom(walk: readonly Member[], loads: Loads): { withRoom: readonly Member[]; full: readonly Member[] } {
  const withRoom: Member[] = [];
  const full: Member[] = [];
  for (const member of walk) (loads.hasRoom(member) ? withRoom : full).push(member);
  return { withRoom, full };
}

function totalBytes(segments: PlacementRequest['segments']): number {
  return segments.reduce((sum, segment) => sum + segment.byteLength, 0);
}

function ownersOf(placement: Placement, segmentId: number, { replicaCount }: PlacementRequest): readonly Member[] {
  return placement.get(segmentId)!.slice(0, replicaCount);
}
