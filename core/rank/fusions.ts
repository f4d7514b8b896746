import { largerIsNearer, type MetricType } from '../metric.ts';
import type { Fusion } from './fuse-hits.ts';
import { normalizeScore, turnScore } from './normalize-score.ts';

/** Reciprocal rank fusion (Cormack et al., SIGIR 2009): sum of 1 / (k + place). */
export function reciprocalRanks(k: number): Fusion {
  return { isLargerNearer: true, combine: 'sum', part: (_list, place) => 1 / (k + place) };
}

/** Sum of weighted scores: normalised ones, or the scores as they are; where distances and similarities meet, distances are turned. */
export function weightedScores(
  weights: readonly number[],
  metrics: readonly MetricType[],
  isNormalized: boolean,
): Fusion {
  const distanceCount = metrics.filter((metric) => !largerIsNearer(metric)).length;
  const isMixed = distanceCount > 0 && distanceCount < metrics.length;
  const scale = isNormalized ? normalizeScore : isMixed ? turnScore : asItIs;
  return {
    isLargerNearer: isNormalized || distanceCount < metrics.length,
    combine: 'sum',
    part: (list, _place, score) => weights[list]! * scale(metrics[list]!, score),
  };
}

/** The best (or the mean, or the sum) of a row's scores, larger nearer, times what `worth` says of the row. */
export function worthTimesScore(
  metrics: readonly MetricType[],
  isNormalized: boolean,
  combine: Fusion['combine'],
  worth: (list: number, row: number) => number,
): Fusion {
  const scale = isNormalized ? normalizeScore : turnScore;
  return {
    isLargerNearer: true,
    combine,
    part: (list, _place, score) => scale(metrics[list]!, score),
    finish: (score, list, row) => score * worth(list, row),
  };
}

/** One list whose scores are changed, in the direction of its metric. */
export function changedScores(metric: MetricType, change: (score: number, row: number) => number): Fusion {
  return {
    isLargerNearer: largerIsNearer(metric),
    combine: 'sum',
    part: (_list, _place, score) => score,
    finish: (score, _list, row) => change(score, row),
  };
}

function asItIs(_metric: MetricType, score: number): number {
  return score;
}
