import type { Member } from '../discovery/discovery.ts';
import type { RingDrawing } from './routing.ts';

/** What a strategy places by: an order of the members for each key. */
export interface Walker {
  readonly members: readonly Member[];
  /**
   * The first `count` different members in the order that belongs to the key (all, if there are fewer): writes their places in `members` to `places`, which has room for
   * all, and returns how many they are.
   */
  walk(key: WalkKey, count: number, places: Uint32Array): number;
  /** Share of all keys that meet each member first; undefined where that cannot be said. */
  shares?(): readonly KeyShare[];
  /** See RingDrawing; at most `countMax` arcs. */
  arcs?(countMax: number): Pick<RingDrawing, 'pointCount' | 'isSampled' | 'arcs'>;
}

export interface WalkKey {
  /** 32 bits: of a segment those of its id, of a whole collection those of its name. */
  readonly hash: number;
  /** Place of a segment among those of its collection, in the order of ids; of a whole collection its id. */
  readonly rank: number;
}

/** A member's part of the keys; the shares of all are 1 together. */
export interface KeyShare {
  readonly nodeId: string;
  readonly points: number;
  readonly share: number;
}

export function sortedMembers(members: readonly Member[]): readonly Member[] {
  return [...members].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
}
