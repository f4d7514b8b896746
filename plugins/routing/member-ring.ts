import type { Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';
import type { RingPoints } from './ring-points.ts';
import type { RingDrawing } from './routing.ts';
import { type KeyShare, sortedMembers, type Walker, type WalkKey } from './walker.ts';

const OWNERS_MAX = 2 ** 20;
const KEYS_ON_RING = 2 ** 32;
/** Parts of the ring that are sorted, and searched, each on its own: a thousand readers have 160 points in each. */
const ARCS = 2 ** 12;
const ARC_SHIFT = 20;
/** So many take a fraction of a millisecond. */
const ARCS_PER_STEP = 16;
const MEMBERS_PER_STEP = 16;

/**
 * A Ketama ring of members. The same members give the same ring, in whatever order they come. `hashring` makes the points; walking over them is done here, on
 * typed arrays: its own `range` takes 10 to 20 microseconds a key.
 */
export class MemberRing implements Walker {
  readonly members: readonly Member[];
  /** Points in order, and the member (its place in `members`) at each. */
  readonly #points: Uint32Array;
  readonly #owners: Uint32Array;
  /** Where each arc begins, and the end of the last. */
  readonly #arcStarts: Uint32Array;
  /** Number of the last walk that met a member. */
  readonly #metInWalk: Uint32Array;
  #walkNumber = 0;

  private constructor(members: readonly Member[], points: Uint32Array, owners: Uint32Array, arcStarts: Uint32Array) {
    this.members = members;
    this.#points = points;
    this.#owners = owners;
    this.#arcStarts = arcStarts;
    this.#metInWalk = new Uint32Array(members.length);
  }

  static *make(unordered: readonly Member[], pointsOf: RingPoints): Steps<MemberRing> {
    const members = sortedMembers(unordered);
    const lists: Uint32Array[] = [];
    const arcStarts = new Uint32Array(ARCS + 1);
    for (const member of members) {
      const list = pointsOf.of(member);
      lists.push(list);
      for (const point of list) arcStarts[(point >>> ARC_SHIFT) + 1]! += 1;
      yield;
    }
    for (let arc = 0; arc < ARCS; arc++) arcStarts[arc + 1]! += arcStarts[arc]!;
    // Point and owner in one number, which sorts fast: 32 and 20 bits of a double's 53.
    const inOrder = new Float64Array(arcStarts[ARCS]!);
    const next = arcStarts.slice();
    yield;
    for (const [owner, list] of lists.entries()) {
      for (const point of list) inOrder[next[point >>> ARC_SHIFT]!++] = point * OWNERS_MAX + owner;
      if (owner % MEMBERS_PER_STEP === 0) yield;
    }
    const points = new Uint32Array(inOrder.length);
    const owners = new Uint32Array(inOrder.length);
    for (let arc = 0; arc < ARCS; arc++) {
      const [start, end] = [arcStarts[arc]!, arcStarts[arc + 1]!];
      inOrder.subarray(start, end).sort();
      for (let i = start; i < end; i++) {
        points[i] = Math.floor(inOrder[i]! / OWNERS_MAX);
        owners[i] = inOrder[i]! % OWNERS_MAX;
      }
      if (arc % ARCS_PER_STEP === 0) yield;
    }
    return new MemberRing(members, points, owners, arcStarts);
  }

  walk({ hash }: WalkKey, count: number, places: Uint32Array): number {
    const memberCount = Math.min(count, this.members.length);
    const owners = this.#owners;
    const met = this.#metInWalk;
    this.#walkNumber += 1;
    let found = 0;
    for (let i = this.#firstPointAt(hash); found < memberCount; i++) {
      if (i === owners.length) i = 0;
      const owner = owners[i]!;
      if (met[owner] === this.#walkNumber) continue;
      met[owner] = this.#walkNumber;
      places[found++] = owner;
    }
    return found;
  }

  /** What of the ring each member has: its points, and the share of all keys that meet one of them first. */
  shares(): readonly KeyShare[] {
    const points = new Uint32Array(this.members.length);
    const keys = new Float64Array(this.members.length);
    for (let i = 0; i < this.#points.length; i++) {
      const owner = this.#owners[i]!;
      const before = i === 0 ? this.#points.at(-1)! - KEYS_ON_RING : this.#points[i - 1]!;
      points[owner]! += 1;
      keys[owner]! += this.#points[i]! - before;
    }
    return this.members.map(({ nodeId }, i) => ({ nodeId, points: points[i]!, share: keys[i]! / KEYS_ON_RING }));
  }

  /** All arcs where they are few enough, else those of `countMax` evenly spaced keys. */
  arcs(countMax: number): Pick<RingDrawing, 'pointCount' | 'isSampled' | 'arcs'> {
    const pointCount = this.#points.length;
    const isSampled = pointCount > countMax;
    const arcs: [number, number][] = [];
    const add = (end: number, place: number): void => {
      const last = arcs.at(-1);
      if (last?.[1] === place) last[0] = end;
      else arcs.push([end, place]);
    };
    if (!isSampled) for (let i = 0; i < pointCount; i++) add(this.#points[i]!, this.#owners[i]!);
    for (let i = 1; isSampled && i <= countMax; i++) {
      const key = Math.floor((i * KEYS_ON_RING) / countMax) - 1;
      add(key, this.#owners[this.#firstPointAt(key) % pointCount]!);
    }
    return { pointCount, isSampled, arcs };
  }

  #firstPointAt(hash: number): number {
    const arc = hash >>> ARC_SHIFT;
    let [low, high] = [this.#arcStarts[arc]!, this.#arcStarts[arc + 1]!];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#points[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
