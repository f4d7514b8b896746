import { LRUCache } from 'lru-cache';
import { hashName, hashNumber } from '../../core/hash-mix.ts';
import { finish, type Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { MemberLoads } from './member-loads.ts';
import { OwnerChooser } from './owner-chooser.ts';
import type { Placement, PlacementExplanation, PlacementRequest, RingDrawing, RoutingStrategy } from './routing.ts';
import { sortedMembers, type Walker, type WalkKey } from './walker.ts';

export interface WalkingOptions {
  /** A collection smaller than this stays together. */
  readonly splitBytes: number;
  /** A member gets at most this many times its share of a split collection (and the slack); 0: no bound. */
  readonly loadFactor: number;
  /** And so many average segments more. */
  readonly loadSlackSegments: number;
}

/**
 * Places by an order of the members for each segment, which a walker gives (a ring, rendezvous hashing, a sequence), with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2017):
 * segments, in the order of their ids, go to the first member that has room. A ring alone gives the fullest of 8 readers 1.5 times its share of 64 segments, and a
 * search waits for the fullest; a bound of 1.25 costs a fifth more moves when a reader joins. Copies of a segment go to different zones where there are.
 */
export class WalkingStrategy implements RoutingStrategy {
  readonly name: string;
  readonly #options: WalkingOptions;
  readonly #open: (members: readonly Member[]) => Steps<Walker>;
  readonly #walkers = new LRUCache<string, Walker>({ max: ROUTING_LIMITS.walkersMax });
  /** Callers ask for many collections with one list. */
  readonly #walkersByList = new WeakMap<readonly Member[], Walker>();

  constructor(name: string, options: WalkingOptions, open: (members: readonly Member[]) => Steps<Walker>) {
    this.name = name;
    this.#options = options;
    this.#open = open;
  }

  place(request: PlacementRequest): Placement {
    return finish(this.placeInSteps(request));
  }

  *placeInSteps(request: PlacementRequest): Steps<Placement> {
    const { collectionId, members, segments, replicaCount } = request;
    if (members.length === 0) return new Map(segments.map((segment) => [segment.id, []]));
    const walker = yield* this.#walkerOf(members);
    if (!this.#isWhole(request)) return yield* this.#placeEach(request, walker);
    const together = new OwnerChooser(walker, replicaCount).choose(keyOfCollection(collectionId));
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
    const ring = request.members.length === 0 ? [] : finish(this.#walkerOf(request.members)).shares?.();
    return {
      strategy: this.name,
      options: this.#options,
      placedBy: this.#isWhole(request) ? 'collection' : 'segment',
      ...(ring && { ring }),
      bytesPerMember: Object.fromEntries(bytes),
      owners: Object.fromEntries(owners),
    };
  }

  drawRing(request: PlacementRequest): RingDrawing | undefined {
    const { collectionId, members, segments } = request;
    if (members.length === 0) return undefined;
    const walker = finish(this.#walkerOf(members));
    const drawn = walker.arcs?.(ROUTING_LIMITS.arcsMax);
    if (!drawn) return undefined;
    const keyOf = this.#isWhole(request) ? () => keyOfCollection(collectionId).hash : hashNumber;
    const keys = Object.fromEntries(segments.map(({ id }) => [id, keyOf(id)]));
    return { nodeIds: walker.members.map(({ nodeId }) => nodeId), ...drawn, keys };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#walkers.clear();
  }

  *#placeEach({ segments, replicaCount }: PlacementRequest, walker: Walker): Steps<Placement> {
    const total = totalBytes(segments);
    const loads = new MemberLoads(walker.members, {
      bytesMax: this.#options.loadFactor * replicaCount * total,
      slackBytes: (this.#options.loadSlackSegments * total) / segments.length,
    });
    const chooser = new OwnerChooser(walker, replicaCount);
    const placement = new Map<number, readonly Member[]>();
    const inOrder = [...segments].sort((left, right) => left.id - right.id);
    for (const [rank, { id, byteLength }] of inOrder.entries()) {
      placement.set(id, chooser.choose({ hash: hashNumber(id), rank }, byteLength, loads));
      if (rank % ROUTING_LIMITS.segmentsPerStep === ROUTING_LIMITS.segmentsPerStep - 1) yield;
    }
    return placement;
  }

  #isWhole({ segments }: PlacementRequest): boolean {
    return totalBytes(segments) < this.#options.splitBytes;
  }

  *#walkerOf(members: readonly Member[]): Steps<Walker> {
    const known = this.#walkersByList.get(members);
    if (known) return known;
    const identity = identityOf(members);
    const walker = this.#walkers.get(identity) ?? (yield* this.#open(members));
    this.#walkers.set(identity, walker);
    this.#walkersByList.set(members, walker);
    return walker;
  }
}

function keyOfCollection(collectionId: number): WalkKey {
  return { hash: hashName(`collection-${collectionId}`), rank: collectionId };
}

/** Equal for lists that give equal walks. */
function identityOf(members: readonly Member[]): string {
  return JSON.stringify(
    sortedMembers(members).map(({ nodeId, address, weight, zone }) => [nodeId, address, weight ?? 1, zone ?? '']),
  );
}

function totalBytes(segments: PlacementRequest['segments']): number {
  return segments.reduce((sum, segment) => sum + segment.byteLength, 0);
}

function ownersOf(placement: Placement, segmentId: number, { replicaCount }: PlacementRequest): readonly Member[] {
  return placement.get(segmentId)!.slice(0, replicaCount);
}
