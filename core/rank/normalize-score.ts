import { largerIsNearer, type MetricType } from '../metric.ts';

/** Brings a score into 0..1, larger nearer (Milvus: internal/util/function/rerank). */
export function normalizeScore(metric: MetricType, score: number): number {
  switch (metric) {
    case 'COSINE':
    case 'MAX_SIM_COSINE':
      return (1 + score) / 2;
    case 'IP':
    case 'MAX_SIM':
    case 'MAX_SIM_IP':
      return 0.5 + Math.atan(score) / Math.PI;
    case 'BM25':
      return (2 * Math.atan(score)) / Math.PI;
    default:
      return nearness(score);
  }
}

/** Turns distances, and only them, so that larger is nearer. */
export function turnScore(metric: MetricType, score: number): number {
  return largerIsNearer(metric) ? score : nearness(score);
}

function nearness(distance: number): number {
  return 1 - (2 * Math.atan(distance)) / Math.PI;
}
