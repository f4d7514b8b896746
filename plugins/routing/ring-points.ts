import { hash } from 'node:crypto';
import HashRing from 'hashring';
import { LRUCache } from 'lru-cache';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';

/**
 * The places of each member on a Ketama ring, made by `hashring`. They follow from the member alone, so those of members that stay are remembered when others come and go: of a
 * thousand members they take a tenth of a second and more to make.
 */
export class RingPoints {
  readonly #known = new LRUCache<string, Uint32Array>({ max: ROUTING_LIMITS.ringMembersMax });

  /** The array is shared. */
  of(member: Member): Uint32Array {
    const count = Math.max(1, Math.round(ROUTING_LIMITS.pointsPerWeight * (member.weight ?? 1)));
    const key = `${count} ${member.nodeId}`;
    const points = this.#known.get(key) ?? ketamaPoints(member.nodeId, count);
    this.#known.set(key, points);
    return points;
  }
}

function md5(key: string): Buffer {
  return hash('md5', key, 'buffer');
}

/** Of the member by itself: by `weight` they would be shares of the sum, and a member that joins would move the points of all others. */
function ketamaPoints(nodeId: string, vnodes: number): Uint32Array {
  const ring = new HashRing({ [nodeId]: { vnodes } }, md5, { 'vnode count': 0, 'max cache size': 1 });
  // The types promise a list, the code gives a record.
  return Uint32Array.from((ring.points([nodeId]) as unknown as Record<string, readonly number[]>)[nodeId]!);
}
