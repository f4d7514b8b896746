import { BraidError } from './errors.ts';

/** Metric types as users name them; those that begin with MAX_SIM compare lists of vectors (knowhere: emb_list). */
export const METRIC_TYPES = [
  'L2',
  'IP',
  'COSINE',
  'HAMMING',
  'JACCARD',
  'BM25',
  'MAX_SIM',
  'MAX_SIM_COSINE',
  'MAX_SIM_IP',
  'MAX_SIM_L2',
  'MAX_SIM_HAMMING',
  'MAX_SIM_JACCARD',
] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** True when a larger score is nearer. L2 scores are squared distances, as Milvus returns them. */
export function largerIsNearer(metric: MetricType): boolean {
  return !DISTANCES.has(metric);
}

const DISTANCES: ReadonlySet<MetricType> = new Set([
  'L2',
  'HAMMING',
  'JACCARD',
  'MAX_SIM_L2',
  'MAX_SIM_HAMMING',
  'MAX_SIM_JACCARD',
]);

/** Compares lists of vectors, not single ones. */
export function comparesLists(metric: MetricType): boolean {
  return metric.startsWith('MAX_SIM');
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
