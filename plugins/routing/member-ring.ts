import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { md5, type RingPoints } from './ring-points.ts';
import { type KeyShare, sortedMembers, type Walker, type WalkKey } from './walker.ts';

const OWNERS_MAX = 2 ** 20;
const KEYS_ON_RING = 2 ** 32;

/**
 * A Ketama ring of members. The same members give the same ring, in whatever order they come. `hashring` makes the points; walking over them is done here, on
 * typed arrays: its own `range` takes 10 to 20 microseconds a key.
 */
export class MemberRing implements Walker {
  readonly members: readonly Member[];
  /** Points in order, and the member (its place in `members`) at each. */
  readonly #points: Uint32Array;
  readonly #owners: Uint32Array;
  /** Number of the last walk that met a member. */
  readonly #metInWalk: Uint32Array;
  #walkNumber = 0;
  readonly #walks = new Map<string, readonly Member[]>();

  constructor(members: readonly Member[], pointsOf: RingPoints) {
    this.members = sortedMembers(members);
    // Point and owner in one number, which sorts fast: 32 and 20 bits of a double's 53.
    const points = this.members.flatMap((member, owner) =>
      pointsOf.of(member).map((point) => point * OWNERS_MAX + owner),
    );
    const inOrder = Float64Array.from(points).sort();
    this.#points = Uint32Array.from(inOrder, (point) => Math.floor(point / OWNERS_MAX));
    this.#owners = Uint32Array.from(inOrder, (point) => point % OWNERS_MAX);
    this.#metInWalk = new Uint32Array(this.members.length);
  }

  walk({ name: key }: WalkKey, count: number): readonly Member[] {
    const memberCount = Math.min(count, this.members.length);
    const known = this.#walks.get(key);
    if (known !== undefined && known.length >= memberCount) return known;
    const walk = this.#walkFrom(this.#firstPointAt(md5(key).readUInt32LE(0)), memberCount);
    if (this.#walks.size >= ROUTING_LIMITS.walksMax) this.#walks.clear();
    this.#walks.set(key, walk);
    return walk;
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

  #walkFrom(start: number, memberCount: number): readonly Member[] {
    const walk: Member[] = [];
    this.#walkNumber += 1;
    for (let i = start; walk.length < memberCount; i++) {
      const owner = this.#owners[i % this.#owners.length]!;
      if (this.#metInWalk[owner] === this.#walkNumber) continue;
      this.#metInWalk[owner] = this.#walkNumber;
      walk.push(this.members[owner]!);
    }
    return walk;
  }

  #firstPointAt(hashValue: number): number {
    let [low, high] = [0, this.#points.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#points[middle]! < hashValue) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
