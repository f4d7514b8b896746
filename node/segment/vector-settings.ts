import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { MetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../core/schema/data-type.ts';
import type { Metric, Scalar, VectorStoreOptions } from '../../native/vector-store.ts';
import { nativeIndex } from './native-index.ts';

/** How a vector field is stored: its metric as users name it, and the options of its native store. */
export interface VectorSettings {
  readonly metric: MetricType;
  readonly store: VectorStoreOptions;
}

/** Without an index the field is scanned exactly, with Milvus' default metric of its type. */
export function vectorSettings(field: FieldSchema, indexes: readonly IndexRecord[]): VectorSettings {
  const record = indexes.find((candidate) => candidate.fieldId === field.id);
  const scalar = scalarOf(field);
  const metric = record?.metricType ?? (scalar === 'b1' ? 'HAMMING' : 'COSINE');
  const store = { dimensions: field.dimension!, scalar, metric: nativeMetric(metric) };
  const index = record && nativeIndex(record, scalar);
  return { metric, store: index ? { ...store, index } : store };
}

export function nativeMetric(metric: MetricType): Metric {
  switch (metric) {
    case 'L2':
      return 'l2';
    case 'IP':
      return 'ip';
    case 'COSINE':
      return 'cosine';
    case 'HAMMING':
      return 'hamming';
    case 'JACCARD':
      return 'jaccard';
    default:
      throw new BraidError('indexNotSupported', `metric type ${metric} is not supported for dense vectors`);
  }
}

const SCALARS: ReadonlyMap<DataType, Scalar> = new Map([
  [DataType.FloatVector, 'f32'],
  [DataType.Float16Vector, 'f16'],
  [DataType.BFloat16Vector, 'bf16'],
  [DataType.Int8Vector, 'i8'],
  [DataType.BinaryVector, 'b1'],
]);

/** How the numbers of a field's vectors are stored; `dataType` is that of a dense vector. */
export function scalarOf(field: FieldSchema, dataType: DataType = field.dataType): Scalar {
  const scalar = SCALARS.get(dataType);
  if (!scalar) {
    throw new BraidError('indexNotSupported', `field ${field.name}: ${dataTypeName(field.dataType)} is not supported`);
  }
  return scalar;
}
