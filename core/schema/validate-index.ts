import { BraidError } from '../errors.ts';
import { type MetricType, parseMetricType } from '../metric.ts';
import { checkIndexParams } from './check-index-params.ts';
import type { FieldSchema } from './collection-schema.ts';
import { DataType, dataTypeName, isVector } from './data-type.ts';
import { validateScalarIndex } from './validate-scalar-index.ts';
import { checkSparseIndex } from './validate-sparse-index.ts';

/** What serves each of them: docs/indexes.md. */
const FLOAT_INDEXES = [
  ...['AUTOINDEX', 'FLAT', 'HNSW', 'HNSW_SQ', 'HNSW_PQ', 'HNSW_PRQ', 'IVF_FLAT', 'IVF_SQ8', 'IVF_PQ', 'IVF_RABITQ'],
  ...['SCANN', 'DISKANN', 'GPU_BRUTE_FORCE', 'GPU_IVF_FLAT', 'GPU_IVF_PQ', 'GPU_CAGRA'],
];
const SPARSE_INDEXES = ['AUTOINDEX', 'SPARSE_INVERTED_INDEX', 'SPARSE_WAND'] as const;
const BINARY_INDEXES = ['AUTOINDEX', 'BIN_FLAT', 'BIN_IVF_FLAT', 'HNSW'] as const;

const FLOAT_METRICS: readonly MetricType[] = ['L2', 'IP', 'COSINE'];
const SPARSE_METRICS: readonly MetricType[] = ['IP', 'BM25'];
const BINARY_METRICS: readonly MetricType[] = ['HAMMING', 'JACCARD'];
/** By lists of vectors, or by a vector that is compared with each element. */
const LIST_METRICS: readonly MetricType[] = [
  ...(['MAX_SIM', 'MAX_SIM_COSINE', 'MAX_SIM_IP', 'MAX_SIM_L2'] as const),
  ...FLOAT_METRICS,
];
const BINARY_LIST_METRICS: readonly MetricType[] = [
  ...(['MAX_SIM_HAMMING', 'MAX_SIM_JACCARD'] as const),
  ...BINARY_METRICS,
];

interface Choices {
  readonly indexes: readonly string[];
  readonly metrics: readonly MetricType[];
  /** Where the client names none. */
  readonly metric: MetricType;
}

const FLOAT_CHOICES: Choices = { indexes: FLOAT_INDEXES, metrics: FLOAT_METRICS, metric: 'COSINE' };

/** Types that differ from float vectors. */
const CHOICES: Partial<Record<DataType, Choices>> = {
  [DataType.BinaryVector]: { indexes: BINARY_INDEXES, metrics: BINARY_METRICS, metric: 'HAMMING' },
  [DataType.SparseFloatVector]: { indexes: SPARSE_INDEXES, metrics: SPARSE_METRICS, metric: 'IP' },
};

/** Lists of vectors: whatever index is asked for, every list is measured. */
const LIST_CHOICES: Choices = { indexes: FLOAT_INDEXES, metrics: LIST_METRICS, metric: 'MAX_SIM_COSINE' };
const BINARY_LIST_CHOICES: Choices = {
  indexes: BINARY_INDEXES,
  metrics: BINARY_LIST_METRICS,
  metric: 'MAX_SIM_HAMMING',
};

function choicesOf({ dataType, elementType }: FieldSchema): Choices {
  if (dataType !== DataType.ArrayOfVector) return CHOICES[dataType] ?? FLOAT_CHOICES;
  return elementType === DataType.BinaryVector ? BINARY_LIST_CHOICES : LIST_CHOICES;
}

export type IndexParams = Readonly<Record<string, string>>;

/**
 * The parameters of an index as they are recorded: `params` (a JSON text) flattened, `index_type` and, for vectors, `metric_type` filled in.
 * `isBm25Output`: the function BM25 computes the field. Throws `parameterInvalid` that lists what is supported.
 */
export function validateIndex(field: FieldSchema, given: IndexParams, isBm25Output = false): IndexParams {
  const params = flattenIndexParams(given);
  if (!isVector(field.dataType)) return validateScalarIndex(field, params);
  const metric = params['metric_type'] || !isBm25Output ? {} : { metric_type: 'BM25' };
  const checked = vectorIndex(field, { ...params, ...metric });
  if (field.dataType === DataType.SparseFloatVector) checkSparseIndex(checked, isBm25Output);
  return checked;
}

function vectorIndex(field: FieldSchema, params: Record<string, string>): IndexParams {
  const { indexes: supported, metrics, metric: metricDefault } = choicesOf(field);
  const indexType = oneOf(supported, params['index_type'] || 'AUTOINDEX', field);
  const metricType = params['metric_type'] ? parseMetricType(params['metric_type']) : metricDefault;
  if (!metrics.includes(metricType)) {
    throw invalid(
      `metric type ${metricType} not found or not supported for field ${field.name} of ${dataTypeName(field.dataType)}, supported: [${metrics.join(' ')}]`,
    );
  }
  checkIndexParams(indexType, params, field);
  return { ...params, index_type: indexType, metric_type: metricType };
}

function oneOf(supported: readonly string[], indexType: string, field: FieldSchema): string {
  const found = supported.find((candidate) => candidate.toUpperCase() === indexType.toUpperCase());
  if (found !== undefined) return found;
  throw invalid(
    `invalid index type: ${indexType} for field ${field.name} of ${dataTypeName(field.dataType)}, supported: [${supported.join(' ')}]`,
  );
}

/** The entries of `params` beside the others, as texts; the others win. */
export function flattenIndexParams(given: IndexParams): Record<string, string> {
  const { params, ...others } = given;
  if (params === undefined || params.trim() === '') return { ...others };
  const inner = parseObject(params);
  const texts = Object.entries(inner).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { ...Object.fromEntries(texts), ...others };
}

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `index params are not JSON: ${text}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`index params are not a JSON object: ${text}`);
  return value;
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
