import { createVectorStore } from '../../native/native.ts';
import type {
  GraphOptions,
  IndexOptions,
  Metric,
  SearchHits,
  SearchOptions,
  VectorStore,
} from '../../native/vector-store.ts';
import { bruteForce, type Neighbour, recallOf, type Sample, vectorOf } from './sample-data.ts';

export const GRAPH: GraphOptions = { kind: 'graph', connectivity: 16, expansionAdd: 100 };

/** A store with these rows, indexed if it has an index. */
export async function storeOf(rows: Sample, metric: Metric, index?: IndexOptions): Promise<VectorStore> {
  const { dimensions, scalar } = rows;
  const store = createVectorStore(index ? { dimensions, scalar, metric, index } : { dimensions, scalar, metric });
  store.append(rows.bytes, rows.count);
  if (index) await store.index({ threads: 2 });
  return store;
}

/** The answer without what it took: two searches that find the same compare equal. */
export function answerOf({ queueMs, runMs, ...answer }: SearchHits): Omit<SearchHits, 'queueMs' | 'runMs'> {
  return answer;
}

/** The hits of each query by themselves. */
export function hitsPerQuery(hits: SearchHits): Neighbour[][] {
  let at = 0;
  return Array.from(hits.counts, (count) => {
    const found = Array.from({ length: count }, (_, i) => ({
      row: hits.offsets[at + i]!,
      distance: hits.distances[at + i]!,
    }));
    at += count;
    return found;
  });
}

/** Mean recall of a search against every row measured. */
export async function meanRecall(
  store: VectorStore,
  rows: Sample,
  queries: Sample,
  options: SearchOptions,
  isAllowed?: (row: number) => boolean,
): Promise<number> {
  const hits = hitsPerQuery(await store.search(queries.bytes, queries.count, options));
  const recalls = hits.map((found, query) =>
    recallOf(bruteForce(store.metric, rows, vectorOf(queries, query), options.k, isAllowed), found),
  );
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
