import type { RouterLimits } from '../limits.ts';

/** What a reader took for its calls of the last while. */
export interface LatencySample {
  readonly isSlow: boolean;
  readonly callCount: number;
  readonly meanMs: number;
}

/**
 * Finds the readers that are much slower than their peers: `slowFactor` times the median of the others, and `slowExcessMs` more than it. At most `outlierRatioMax` of the readers, but one in any
 * case, the slowest first; a reader with too few calls stays what it was, and a slow one is well again at half of that factor. Nothing is slow without a peer to compare with.
 */
export function findSlowReaders<Sample extends LatencySample>(
  samples: readonly Sample[],
  limits: Pick<RouterLimits, 'slowFactor' | 'slowExcessMs' | 'slowCallsMin' | 'outlierRatioMax'>,
): ReadonlySet<Sample> {
  const slow: { readonly sample: Sample; readonly ratio: number }[] = [];
  for (const sample of samples) {
    if (sample.callCount < (sample.isSlow ? 1 : limits.slowCallsMin)) {
      if (sample.isSlow) slow.push({ sample, ratio: limits.slowFactor });
      continue;
    }
    const peers = samples.filter((peer) => peer !== sample && !peer.isSlow && peer.callCount >= limits.slowCallsMin);
    const typicalMs = median(peers.map((peer) => peer.meanMs));
    if (typicalMs === undefined) continue;
    const factor = sample.isSlow ? limits.slowFactor / 2 : limits.slowFactor;
    const isFar = sample.meanMs - typicalMs > limits.slowExcessMs;
    if (isFar && sample.meanMs > typicalMs * factor) slow.push({ sample, ratio: sample.meanMs / typicalMs });
  }
  slow.sort((left, right) => right.ratio - left.ratio);
  return new Set(slow.slice(0, outliersMax(samples.length, limits)).map(({ sample }) => sample));
}

/** So many readers may be set aside at the same time. */
export function outliersMax(readerCount: number, limits: Pick<RouterLimits, 'outlierRatioMax'>): number {
  return Math.max(1, Math.floor(readerCount * limits.outlierRatioMax));
}

/** Of an even number of values the smaller of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
