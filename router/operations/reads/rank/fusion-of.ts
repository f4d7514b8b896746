import { testBit } from '../../../../core/bitset.ts';
import { type BytesColumn, type Column, isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import type { MetricType } from '../../../../core/metric.ts';
import { decayOf } from '../../../../core/rank/decay.ts';
import type { Fusion } from '../../../../core/rank/fuse-hits.ts';
import { changedScores, reciprocalRanks, weightedScores, worthTimesScore } from '../../../../core/rank/fusions.ts';
import type { Boost, BoostMode, BoostRanker, DecayRanker, Ranker } from './ranker.ts';

/** The hits of one search as rankers see them. */
export interface RankedPart {
  readonly metricType: MetricType;
  readonly rowCount: number;
  /** Values at the hits, of the fields that the ranker reads. */
  readonly columns: ReadonlyMap<number, Column>;
}

/** The ranker at work on these hits. */
export function fusionOf(ranker: Ranker, parts: readonly RankedPart[]): Fusion {
  const metrics = parts.map((part) => part.metricType);
  switch (ranker.kind) {
    case 'rrf':
      return reciprocalRanks(ranker.k);
    case 'weighted':
      if (ranker.weights.length !== parts.length) {
        throw new BraidError(
          'parameterInvalid',
          `the length of weights param mismatch with ann search requests: invalid parameter[expected=${parts.length}][actual=${ranker.weights.length}]`,
        );
      }
      return weightedScores(ranker.weights, metrics, ranker.isNormalized);
    case 'decay': {
      const worths = parts.map((part) => decayWorths(ranker, part));
      return worthTimesScore(metrics, ranker.isNormalized, ranker.combine, (list, row) => worths[list]![row]!);
    }
    case 'boost': {
      const [part, second] = parts;
      if (!part || second) {
        throw new BraidError('notSupported', 'a boost ranker belongs to one search: give it to the sub-request');
      }
      const worths = boostWorths(ranker, part);
      return changedScores(part.metricType, (score, row) => {
        const worth = worths[row]!;
        return Number.isNaN(worth) ? score : applied(ranker.boostMode, score, worth);
      });
    }
  }
}

function decayWorths({ field, decay }: DecayRanker, part: RankedPart): Float64Array {
  const column = part.columns.get(field.id)!;
  const worths = new Float64Array(part.rowCount);
  for (let row = 0; row < worths.length; row++) {
    worths[row] = decayOf(decay, isPresent(column, row) ? numberAt(column, row) : Number.POSITIVE_INFINITY);
  }
  return worths;
}

function numberAt(column: Column, row: number): number {
  return column.kind === 'fixed' ? Number(column.values[row]) : Number.NaN;
}

/** What all boosts together say of each hit; NaN where none does. */
function boostWorths({ boosts, functionMode }: BoostRanker, part: RankedPart): Float64Array {
  const worths = new Float64Array(part.rowCount).fill(Number.NaN);
  for (const boost of boosts) {
    const bits = passing(boost, part);
    for (let row = 0; row < worths.length; row++) {
      if (bits && !testBit(bits, row)) continue;
      const worth = boost.weight * (boost.random ? randomAt(boost.random, part, row) : 1);
      worths[row] = Number.isNaN(worths[row]) ? worth : applied(functionMode, worths[row]!, worth);
    }
  }
  return worths;
}

function passing({ filter }: Boost, { rowCount, columns }: RankedPart): Uint8Array | undefined {
  if (!filter) return undefined;
  const bits = new Uint8Array((rowCount + 7) >>> 3);
  filter.evaluate({ rowCount, column: (fieldId) => columns.get(fieldId) }, bits);
  return bits;
}

function applied(mode: BoostMode, left: number, right: number): number {
  return mode === 'sum' ? left + right : left * right;
}

/** The same for the same seed and value: 0 to below 1. */
function randomAt({ seed, field }: NonNullable<Boost['random']>, part: RankedPart, row: number): number {
  const column = part.columns.get(field.id)!;
  let hash = mixed(Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b);
  if (column.kind === 'fixed') {
    const value = column.values[row]!;
    const bits = BigInt.asUintN(64, BigInt(value));
    hash = mixed(hash ^ Number(bits & 0xffffffffn));
    hash = mixed(hash ^ Number(bits >> 32n));
  } else for (const byte of bytesAt(column as BytesColumn, row)) hash = mixed(hash ^ byte);
  return (hash >>> 0) / 2 ** 32;
}

/** The last steps of MurmurHash3: every bit of the input changes half of the output's. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
