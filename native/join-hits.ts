import { costSideBySide } from './search-cost.ts';
import type { SearchHits } from './vector-store.ts';

/** The answers to queries that were asked in several calls, exactly searched. */
export function joinHits(parts: readonly SearchHits[]): SearchHits {
  const hitCount = parts.reduce((sum, part) => sum + part.offsets.length, 0);
  const counts = new Uint32Array(parts.reduce((sum, part) => sum + part.counts.length, 0));
  const offsets = new Uint32Array(hitCount);
  const distances = new Float32Array(hitCount);
  let query = 0;
  let hit = 0;
  for (const part of parts) {
    counts.set(part.counts, query);
    offsets.set(part.offsets, hit);
    distances.set(part.distances, hit);
    query += part.counts.length;
    hit += part.offsets.length;
  }
  return { counts, offsets, distances, method: 'exact', ...costSideBySide(parts) };
}

/** The k nearest of each query, from answers to the same queries over different rows; of equal distances the smaller offset first. */
export function nearestHits(parts: readonly SearchHits[], k: number): SearchHits {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const queryCount = only!.counts.length;
  const ends = new Uint32Array(parts.length);
  const picked = Array.from({ length: queryCount }, (_, query) => {
    const hits: { distance: number; offset: number }[] = [];
    parts.forEach(({ counts, offsets, distances }, part) => {
      for (let i = 0; i < counts[query]!; i++, ends[part]!++) {
        hits.push({ distance: distances[ends[part]!]!, offset: offsets[ends[part]!]! });
      }
    });
    hits.sort((left, right) => left.distance - right.distance || left.offset - right.offset);
    return hits.slice(0, k);
  });
  const all = picked.flat();
  return {
    counts: Uint32Array.from(picked, (hits) => hits.length),
    offsets: Uint32Array.from(all, ({ offset }) => offset),
    distances: Float32Array.from(all, ({ distance }) => distance),
    method: 'exact',
    ...costSideBySide(parts),
  };
}
