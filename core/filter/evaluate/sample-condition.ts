import { setBit } from '../../bitset.ts';
import { COST, type Condition } from './condition.ts';

/**
 * Each row by chance, with the same probability. The chance is drawn once, from `seed`: the same row gives the same answer as often as it is asked for,
 * which is by its offset in the segment.
 */
export function sampleCondition(probability: number, seed: number): Condition {
  const below = Math.round(probability * 2 ** 32);
  return {
    fieldIds: [],
    costPerRowNs: COST.number,
    evaluate(source, out) {
      const first = source.firstRow ?? 0;
      out.fill(0);
      for (let row = 0; row < source.rowCount; row++) if (mix(first + row, seed) < below) setBit(out, row);
    },
  };
}

/** 32 bits that look like chance (the finaliser of MurmurHash3). */
function mix(value: number, seed: number): number {
  let hash = value ^ seed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
