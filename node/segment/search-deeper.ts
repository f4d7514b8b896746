import { clearBit, fillBits } from '../../core/bitset.ts';
import { largerIsNearer } from '../../core/metric.ts';
import { type SearchCost, sumOfCosts } from '../../native/search-cost.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import { pickQueries } from './query-set.ts';
import { createRowBits } from './row-bits.ts';
import type { SegmentHits, SegmentSearch, SegmentSnapshot } from './segment.ts';

/**
 * A range may begin beyond the nearest `kMax` rows, which is as far as an index sees. Then the rows seen are left out and the next ones asked for, as often as it takes: a
 * query of a segment of n rows takes n / kMax rounds at most. `query` is the number of one of the search's queries.
 */
export async function searchDeeper(
  snapshot: SegmentSnapshot,
  search: SegmentSearch,
  query: number,
): Promise<SegmentHits> {
  const sign = largerIsNearer(search.metric) ? -1 : 1;
  const outer = search.radius === undefined ? Number.POSITIVE_INFINITY : sign * search.radius;
  const inner = sign * search.rangeFilter!;
  const only = search.only?.slice() ?? createRowBits(snapshot.rowCount);
  if (!search.only) fillBits(only, snapshot.rowCount);
  const k = NATIVE_LIMITS.kMax;
  const one = {
    ...search,
    ...pickQueries(search, Uint32Array.of(query)),
    k,
    radius: undefined,
    rangeFilter: undefined,
  };
  const found: { offset: number; distance: number }[] = [];
  const costs: SearchCost[] = [];
  for (;;) {
    const hits = await snapshot.search({ ...one, only });
    costs.push(hits);
    let isBehind = hits.scores.length < k;
    for (let i = 0; i < hits.scores.length; i++) {
      const offset = hits.offsets[i]!;
      const distance = sign * hits.scores[i]!;
      clearBit(only, offset);
      if (distance >= outer) isBehind = true;
      else if (distance >= inner) found.push({ offset, distance });
    }
    if (!isBehind && found.length < search.k) continue;
    found.sort((left, right) => left.distance - right.distance || left.offset - right.offset);
    const kept = found.slice(0, search.k);
    return {
      counts: Uint32Array.of(kept.length),
      scores: Float32Array.from(kept, (hit) => sign * hit.distance),
      offsets: Uint32Array.from(kept, (hit) => hit.offset),
      method: hits.method,
      allowedCount: hits.allowedCount,
      ...sumOfCosts(costs),
    };
  }
}
