import type { Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { sortedMembers, type Walker, type WalkKey } from './walker.ts';

/**
 * Members in a sequence, by their ids, each as often as its weight says (relative to the smallest); a key names the slot to begin at. A member that comes or goes renumbers
 * the slots, and nearly everything moves.
 */
export class SlotWalker implements Walker {
  readonly members: readonly Member[];
  /** Places of the members. */
  readonly #slots: readonly number[];
  readonly #slotOf: (key: WalkKey, slotCount: number) => number;

  private constructor(members: readonly Member[], slotOf: (key: WalkKey, slotCount: number) => number) {
    this.members = sortedMembers(members);
    this.#slots = slotsOf(this.members);
    this.#slotOf = slotOf;
  }

  static *make(members: readonly Member[], slotOf: (key: WalkKey, slotCount: number) => number): Steps<SlotWalker> {
    yield;
    return new SlotWalker(members, slotOf);
  }

  walk(key: WalkKey, count: number, places: Uint32Array): number {
    const wanted = Math.min(count, this.members.length);
    const walk = new Set<number>();
    for (let i = this.#slotOf(key, this.#slots.length); walk.size < wanted; i++) {
      walk.add(this.#slots[i % this.#slots.length]!);
    }
    places.set([...walk]);
    return walk.size;
  }
}

export function slotInTurn({ rank }: WalkKey, slotCount: number): number {
  return rank % slotCount;
}

export function slotByHash({ hash }: WalkKey, slotCount: number): number {
  return hash % slotCount;
}

/** The turns of each member spread evenly. */
function slotsOf(members: readonly Member[]): readonly number[] {
  const lightest = members.reduce((least, { weight }) => Math.min(least, weight ?? 1), Number.POSITIVE_INFINITY);
  return members
    .flatMap((member, place) => {
      const turns = Math.min(ROUTING_LIMITS.turnsMax, Math.round((member.weight ?? 1) / lightest));
      return Array.from({ length: turns }, (_, turn) => ({ place, at: (turn + 0.5) / turns }));
    })
    .sort((left, right) => left.at - right.at)
    .map(({ place }) => place);
}
