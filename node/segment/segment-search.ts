import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import { type MetricType, parseMetricType } from '../../core/metric.ts';
import { type FieldSchema, fieldById } from '../../core/schema/collection-schema.ts';
import { DataType, isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import type { SearchRequest } from '../../proto/generated/node.ts';
import { arrayFrom } from '../../proto/node-protocol/column-codec.ts';
import { listMetric, listSpace } from './list-settings.ts';
import type { ReadOptions } from './read-segments.ts';
import type { SegmentSearch } from './segment.ts';
import { bm25Settings, sparseMetric } from './sparse-settings.ts';
import { vectorSettings } from './vector-settings.ts';

/** A search as segments take it, checked against the field and its index; the breadth as the user gave it (0: none). Throws `fieldNotFound` or `parameterInvalid`. */
export function segmentSearch(request: SearchRequest, options: ReadOptions): SegmentSearch {
  const { k, queryCount, queries, expansion, radius, rangeFilter, dropRatio } = request;
  const probes = Math.min(request.probeCount, NATIVE_LIMITS.listsMax);
  const candidates = Math.min(request.reorderCount, NATIVE_LIMITS.candidatesMax);
  const field = fieldById(options.schema, request.fieldId);
  const isSparse = field?.dataType === DataType.SparseFloatVector;
  const isList = field?.dataType === DataType.ArrayOfVector;
  if (!field || !(isSparse || isList || isDenseVector(field.dataType))) {
    throw new BraidError('fieldNotFound', `field ${request.fieldId} is no vector field of ${options.schema.name}`);
  }
  if (k < 1 || k > NATIVE_LIMITS.kMax) {
    throw new BraidError('parameterInvalid', `k is ${k}, it must be from 1 to ${NATIVE_LIMITS.kMax}`);
  }
  const index = options.indexes.find((candidate) => candidate.fieldId === field.id);
  const metric = metricOf(field, index, options);
  checkMetric(request, metric);
  const queryOffsets = isSparse || isList ? checkedOffsets(request, field) : undefined;
  if (!queryOffsets) checkDense(request, field);
  const lists = isList ? listSpace(field, metric) : undefined;
  const bm25 = metric === 'BM25' ? bm25Settings(index, request.averageTermCount) : undefined;
  const { filter } = options;
  return {
    ...{ fieldId: field.id, metric, queries, queryCount, queryOffsets, k, expansion, probes, candidates, filter },
    ...{ radius, rangeFilter, dropRatio, bm25, lists, isExact: request.exact },
  };
}

function metricOf(field: FieldSchema, index: IndexRecord | undefined, { indexes }: ReadOptions): MetricType {
  switch (field.dataType) {
    case DataType.SparseFloatVector:
      return sparseMetric(index);
    case DataType.ArrayOfVector:
      return listMetric(field, index);
    default:
      return vectorSettings(field, indexes).metric;
  }
}

function checkMetric({ metricType }: SearchRequest, metric: MetricType): void {
  const expected = metricType === '' ? metric : parseMetricType(metricType);
  if (expected === metric) return;
  throw new BraidError('parameterInvalid', `metric type ${expected} is not that of the index, expected ${metric}`);
}

function checkDense({ queries, queryCount }: SearchRequest, field: FieldSchema): void {
  const rowBytes = vectorRowBytes(field.dataType, field.dimension!);
  if (queries.length === queryCount * rowBytes) return;
  const message = `field ${field.name}: ${queryCount} queries have ${queries.length} bytes, expected ${rowBytes} each`;
  throw new BraidError('parameterInvalid', message);
}

function checkedOffsets({ queryOffsets, queries, queryCount }: SearchRequest, field: FieldSchema): Uint32Array {
  const offsets = arrayFrom(Uint32Array, queryOffsets);
  if (offsets.length === queryCount + 1 && offsets[queryCount] === queries.length) return offsets;
  const message = `field ${field.name}: ${queryCount} queries of ${queries.length} bytes have ${offsets.length} offsets`;
  throw new BraidError('parameterInvalid', message);
}
