import { hash } from 'node:crypto';
import HashRing from 'hashring';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';

/** A Ketama ring of members. The same members give the same ring, in whatever order they come. */
export class MemberRing {
  readonly members: readonly Member[];
  readonly #byId: ReadonlyMap<string, Member>;
  readonly #ring: HashRing;
  readonly #walks = new Map<string, readonly Member[]>();

  constructor(members: readonly Member[]) {
    this.members = sorted(members);
    this.#byId = new Map(this.members.map((member) => [member.nodeId, member]));
    // Points are given for each member by itself: by `weight` they would be shares of the sum, and a member that joins would move the points of all others.
    const points = this.members.map((member) => [member.nodeId, { vnodes: pointCount(member) }]);
    const md5 = (key: string): Buffer => hash('md5', key, 'buffer');
    this.#ring = new HashRing(Object.fromEntries(points), md5, { 'vnode count': 0, 'max cache size': 1 });
  }

  /** Equal for equal rings. */
  static identity(members: readonly Member[]): string {
    return JSON.stringify(sorted(members).map(({ nodeId, address, weight }) => [nodeId, address, weight ?? 1]));
  }

  /** The first `count` different members on the way around the ring from the key; the array is shared. */
  walk(key: string, count: number): readonly Member[] {
    const known = this.#walks.get(key);
    if (known !== undefined && known.length >= Math.min(count, this.members.length)) return known;
    const walk = this.#ring.range(key, count).map((nodeId) => this.#byId.get(nodeId)!);
    if (this.#walks.size >= ROUTING_LIMITS.walksMax) this.#walks.clear();
    this.#walks.set(key, walk);
    return walk;
  }
}

function pointCount(member: Member): number {
  return Math.max(1, Math.round(ROUTING_LIMITS.pointsPerWeight * (member.weight ?? 1)));
}

function sorted(members: readonly Member[]): readonly Member[] {
  return [...members].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
}
