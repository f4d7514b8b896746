import { sumOfCosts } from '../../native/search-cost.ts';
import type { SegmentHits } from './segment.ts';

/** Hits of many queries that were asked in several rounds, in each round fewer of them: per query the newest answer counts. */
export class HitRounds {
  readonly #rounds: SegmentHits[] = [];
  /** Per query: the round that holds its answer, and where that begins and ends in the round's arrays. */
  readonly #roundOf: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #counts: Uint32Array;

  constructor(queryCount: number) {
    this.#roundOf = new Uint32Array(queryCount);
    this.#starts = new Uint32Array(queryCount);
    this.#counts = new Uint32Array(queryCount);
  }

  get roundCount(): number {
    return this.#rounds.length;
  }

  /** `hits` answers the queries with these numbers (undefined: all of them). */
  add(hits: SegmentHits, queries: Uint32Array | undefined): void {
    const round = this.#rounds.push(hits) - 1;
    let start = 0;
    for (let i = 0; i < hits.counts.length; i++) {
      const query = queries ? queries[i]! : i;
      this.#roundOf[query] = round;
      this.#starts[query] = start;
      this.#counts[query] = hits.counts[i]!;
      start += hits.counts[i]!;
    }
  }

  /** Everything together, in the order of the queries. */
  hits(): SegmentHits {
    const last = this.#rounds.at(-1)!;
    if (this.#rounds.length === 1) return last;
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const scores = new Float32Array(total);
    const offsets = new Uint32Array(total);
    let at = 0;
    for (let query = 0; query < this.#counts.length; query++) {
      const round = this.#rounds[this.#roundOf[query]!]!;
      const start = this.#starts[query]!;
      const end = start + this.#counts[query]!;
      scores.set(round.scores.subarray(start, end), at);
      offsets.set(round.offsets.subarray(start, end), at);
      at += end - start;
    }
    const { allowedCount } = this.#rounds[0]!;
    const counts = this.#counts.slice();
    return { counts, scores, offsets, method: last.method, allowedCount, ...sumOfCosts(this.#rounds) };
  }
}
