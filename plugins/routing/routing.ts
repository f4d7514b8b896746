import type { Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';

/** Which reader answers for which segment. */

/** Members that a preference list names beyond the owners. */
export const SPARE_MEMBERS = 2;

export interface PlacedSegment {
  readonly id: number;
  readonly partitionId: number;
  readonly byteLength: number;
}

export interface PlacementRequest {
  readonly collectionId: number;
  readonly segments: readonly PlacedSegment[];
  /** Healthy readers. The order does not matter. */
  readonly members: readonly Member[];
  /** Copies wanted of each segment, at least 1; fewer where there are fewer members. */
  readonly replicaCount: number;
}

/**
 * For each segment members in order of preference, each once: the first `replicaCount` own it, the others are where a failed call goes next.
 * At least `replicaCount + SPARE_MEMBERS` where there are as many.
 */
export type Placement = ReadonlyMap<number, readonly Member[]>;

/** What `braid status` shows of a placement, as far as the strategy has it; `options` are its own. */
export interface PlacementExplanation {
  readonly strategy: string;
  /** What is placed as one: `collection` or `segment`. */
  readonly placedBy?: string;
  /** Share of the keys of each member by node id, 0 to 1. */
  readonly ring?: readonly { readonly nodeId: string; readonly points: number; readonly share: number }[];
  /** Bytes of the collection that each member owns, by node id. */
  readonly bytesPerMember?: Readonly<Record<string, number>>;
  /** Node ids of the owners by segment id. */
  readonly owners?: Readonly<Record<number, readonly string[]>>;
  readonly options?: object;
}

/** A hash ring as far as it can be drawn. Keys are 32 bits; each belongs to the arc with the next end at or after it, the last wraps around to the first. */
export interface RingDrawing {
  readonly nodeIds: readonly string[];
  /** Of all members together. */
  readonly pointCount: number;
  /** Whether there are too many points to name them all: the arcs are then those of evenly spaced keys. */
  readonly isSampled: boolean;
  /** End of each arc, ascending, and the place of its member in `nodeIds`; neighbours have different members. */
  readonly arcs: readonly (readonly [end: number, place: number])[];
  /** Where the keys of the segments lie, by segment id. */
  readonly keys: Readonly<Record<number, number>>;
}

export interface RoutingStrategy extends AsyncDisposable {
  readonly name: string;
  /**
   * Pure and deterministic: the same request gives the same placement in every process (routers and readers compute it on their own and must agree).
   * No members: empty lists.
   */
  place(request: PlacementRequest): Placement;
  /**
   * The same as `place`, in steps of a millisecond at most: for strategies that take longer for thousands of segments or members. Where it is there, routers and readers
   * call it and go on with the placement that they have until the new one is done, so nothing holds the event loop and no search waits for it. Several may be under way at a time.
   * Without it `place` is called, in one go.
   */
  placeInSteps?(request: PlacementRequest): Steps<Placement>;
  /** Why: for `braid status` and for debugging. Plain JSON. */
  explain(request: PlacementRequest): PlacementExplanation;
  /** For people to look at; undefined where there is no ring to draw. */
  drawRing?(request: PlacementRequest): RingDrawing | undefined;
}
