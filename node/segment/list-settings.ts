import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { MetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { DataType } from '../../core/schema/data-type.ts';
import type { ListScanOptions } from '../../native/list-scan.ts';
import type { Metric } from '../../native/vector-store.ts';
import { scalarOf } from './vector-settings.ts';

/** How vectors of two lists are compared. `MAX_SIM` alone means cosine, as in Milvus. With a metric of single vectors a query is one vector, and a row as near as its nearest element. */
const METRICS: Partial<Record<MetricType, Metric>> = {
  L2: 'l2',
  IP: 'ip',
  COSINE: 'cosine',
  HAMMING: 'hamming',
  JACCARD: 'jaccard',
  MAX_SIM: 'cosine',
  MAX_SIM_COSINE: 'cosine',
  MAX_SIM_IP: 'ip',
  MAX_SIM_L2: 'l2',
  MAX_SIM_HAMMING: 'hamming',
  MAX_SIM_JACCARD: 'jaccard',
};

/** Without an index there is nothing that says how to compare. */
export function listMetric(field: FieldSchema, index: IndexRecord | undefined): MetricType {
  const metric = index?.metricType ?? (field.elementType === DataType.BinaryVector ? 'MAX_SIM_HAMMING' : 'MAX_SIM');
  if (METRICS[metric]) return metric;
  throw new BraidError('indexNotSupported', `metric type ${metric} does not compare lists of vectors`);
}

/** The space in which the vectors of lists lie. */
export type ListSpace = Pick<ListScanOptions, 'dimensions' | 'scalar' | 'metric'>;

export function listSpace(field: FieldSchema, metric: MetricType): ListSpace {
  return { dimensions: field.dimension!, scalar: scalarOf(field, field.elementType!), metric: METRICS[metric]! };
}
