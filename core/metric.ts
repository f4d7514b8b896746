import { BraidError } from './errors.ts';

/** Metric types as users name them. */
export const METRIC_TYPES = ['L2', 'IP', 'COSINE', 'HAMMING', 'JACCARD', 'BM25'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** True when a larger score is nearer. L2 scores are squared distances, as Milvus returns them. */
export function largerIsNearer(metric: MetricType): boolean {
  return metric === 'IP' || metric === 'COSINE' || metric === 'BM25';
}

export function parseMetricType(text: string): MetricType {
  const upper = text.toUpperCase();
  const found = METRIC_TYPES.find((metric) => metric === upper);
  if (!found) {
    throw new BraidError(
      'parameterInvalid',
      `metric type ${text} is not supported, expected one of ${METRIC_TYPES.join(', ')}`,
    );
  }
  return found;
}
