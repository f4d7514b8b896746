import type { IndexRecord } from '../../core/catalog.ts';
import type { MetricType } from '../../core/metric.ts';
import type { Bm25Options } from '../../native/sparse-index.ts';

/** Milvus' defaults (docs, "Full text search"). */
const K1_DEFAULT = 1.2;
const B_DEFAULT = 0.75;

/** One structure serves both metrics and every index type: the metric is only a matter of the search. */
export function sparseMetric(index: IndexRecord | undefined): MetricType {
  return index?.metricType ?? 'IP';
}

/** Scoring by the index's parameters and the mean number of terms of a row over the whole collection. */
export function bm25Settings(index: IndexRecord | undefined, averageLength: number): Bm25Options {
  const k1 = Number(index?.params['bm25_k1'] ?? K1_DEFAULT);
  const b = Number(index?.params['bm25_b'] ?? B_DEFAULT);
  return { averageLength, k1, b };
}
