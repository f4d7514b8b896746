import { hashName } from '../../core/hash-mix.ts';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { sortedMembers, type Walker, type WalkKey } from './walker.ts';

/**
 * Members in a sequence, by their ids, each as often as its weight says (relative to the smallest); a key names the slot to begin at. A member that comes or goes renumbers
 * the slots, and nearly everything moves.
 */
export class SlotWalker implements Walker {
  readonly members: readonly Member[];
  readonly #slots: readonly Member[];
  readonly #slotOf: (key: WalkKey, slotCount: number) => number;

  constructor(members: readonly Member[], slotOf: (key: WalkKey, slotCount: number) => number) {
    this.members = sortedMembers(members);
    this.#slots = slotsOf(this.members);
    this.#slotOf = slotOf;
  }

  walk(key: WalkKey, count: number): readonly Member[] {
    const wanted = Math.min(count, this.members.length);
    const walk = new Set<Member>();
    for (let i = this.#slotOf(key, this.#slots.length); walk.size < wanted; i++) {
      walk.add(this.#slots[i % this.#slots.length]!);
    }
    return [...walk];
  }
}

export function slotInTurn({ rank }: WalkKey, slotCount: number): number {
  return rank % slotCount;
}

export function slotByHash({ name }: WalkKey, slotCount: number): number {
  return hashName(name) % slotCount;
}

/** The turns of each member spread evenly. */
function slotsOf(members: readonly Member[]): readonly Member[] {
  const lightest = members.reduce((least, { weight }) => Math.min(least, weight ?? 1), Number.POSITIVE_INFINITY);
  return members
    .flatMap((member) => {
      const turns = Math.min(ROUTING_LIMITS.turnsMax, Math.round((member.weight ?? 1) / lightest));
      return Array.from({ length: turns }, (_, turn) => ({ member, at: (turn + 0.5) / turns }));
    })
    .sort((left, right) => left.at - right.at)
    .map(({ member }) => member);
}
