import { hashName, mixHashes, weightedScore } from '../../core/hash-mix.ts';
import type { Steps } from '../../core/steps.ts';
import type { Member } from '../discovery/discovery.ts';
import { sortedMembers, type Walker, type WalkKey } from './walker.ts';

/**
 * Weighted rendezvous hashing (Thaler, Ravishankar 1998; weights: Schindelhauer, Schomaker 2005): every member scores every key, the highest scores come first. Shares
 * are exact, and nothing moves but what a member gains or loses; each key costs one score per member.
 */
export class RendezvousWalker implements Walker {
  readonly members: readonly Member[];
  readonly #hashes: Uint32Array;
  readonly #weights: Float64Array;
  readonly #isWeighted: boolean;
  readonly #scores: Float64Array;

  private constructor(members: readonly Member[]) {
    this.members = sortedMembers(members);
    this.#hashes = Uint32Array.from(this.members, ({ nodeId }) => hashName(nodeId));
    this.#weights = Float64Array.from(this.members, ({ weight }) => weight ?? 1);
    this.#isWeighted = this.#weights.some((weight) => weight !== this.#weights[0]);
    this.#scores = new Float64Array(this.members.length);
  }

  static *make(members: readonly Member[]): Steps<RendezvousWalker> {
    yield;
    return new RendezvousWalker(members);
  }

  walk({ hash: keyHash }: WalkKey, count: number, places: Uint32Array): number {
    const scores = this.#scores;
    for (let i = 0; i < scores.length; i++) {
      const hash = mixHashes(this.#hashes[i]!, keyHash);
      scores[i] = this.#isWeighted ? weightedScore(hash, this.#weights[i]!) : hash;
    }
    const best = this.#best(Math.min(count, scores.length));
    places.set(best);
    return best.length;
  }

  /** Places of the highest scores, highest first; of equal ones the first member. */
  #best(count: number): readonly number[] {
    const scores = this.#scores;
    const isBefore = (left: number, right: number): boolean => scores[left]! > scores[right]!;
    if (count * 8 > scores.length) {
      return Array.from(scores.keys())
        .sort((left, right) => scores[right]! - scores[left]! || left - right)
        .slice(0, count);
    }
    const best: number[] = [];
    for (let i = 0; i < scores.length; i++) {
      if (best.length === count && !isBefore(i, best[count - 1]!)) continue;
      let place = best.length === count ? count - 1 : best.length;
      for (; place > 0 && isBefore(i, best[place - 1]!); place--) best[place] = best[place - 1]!;
      best[place] = i;
    }
    return best;
  }
}
