import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { MetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../core/schema/data-type.ts';
import type { GraphOptions, Metric, Scalar, VectorStoreOptions } from '../../native/vector-store.ts';

/**
 * Graph parameters where the index names none (AUTOINDEX): recall@10 of 0.95 and more on sentence embeddings of 512 dimensions together with
 * `defaultExpansion` (search-plan.ts).
 */
export const CONNECTIVITY_DEFAULT = 16;
export const EXPANSION_ADD_DEFAULT = 128;

/** How a vector field is stored: its metric as users name it, and the options of its native store. */
export interface VectorSettings {
  readonly metric: MetricType;
  readonly store: VectorStoreOptions;
}

/** Index types that ask for an exact scan. Every other one (HNSW, AUTOINDEX, IVF_FLAT, DISKANN, ...) gets a graph. */
const EXACT_INDEX_TYPES: ReadonlySet<string> = new Set(['FLAT', 'BIN_FLAT']);

/** Without an index the field is scanned exactly, with Milvus' default metric of its type. */
export function vectorSettings(field: FieldSchema, indexes: readonly IndexRecord[]): VectorSettings {
  const index = indexes.find((candidate) => candidate.fieldId === field.id);
  const scalar = scalarOf(field);
  const metric = index?.metricType ?? (scalar === 'b1' ? 'HAMMING' : 'COSINE');
  const store = { dimensions: field.dimension!, scalar, metric: nativeMetric(metric) };
  const hasGraph = index !== undefined && !EXACT_INDEX_TYPES.has(index.indexType.toUpperCase());
  return { metric, store: hasGraph ? { ...store, graph: graphOptions(index, scalar) } : store };
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

function scalarOf(field: FieldSchema): Scalar {
  const scalar = SCALARS.get(field.dataType);
  if (!scalar) {
    throw new BraidError('indexNotSupported', `field ${field.name}: ${dataTypeName(field.dataType)} is not supported`);
  }
  return scalar;
}

function graphOptions(index: IndexRecord, scalar: Scalar): GraphOptions {
  return {
    connectivity: numberParam(index, 'M', CONNECTIVITY_DEFAULT, 2, 2_048),
    expansionAdd: numberParam(index, 'efConstruction', EXPANSION_ADD_DEFAULT, 1, 65_536),
    scalar: scalar === 'f32' || scalar === 'f16' ? 'bf16' : scalar,
  };
}

function numberParam(index: IndexRecord, name: string, fallback: number, min: number, max: number): number {
  const value = Number(index.params[name] ?? fallback);
  return Number.isFinite(value) ? Math.min(max, Math.max(min, Math.trunc(value))) : fallback;
}
