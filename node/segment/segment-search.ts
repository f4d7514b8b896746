import { BraidError } from '../../core/errors.ts';
import { parseMetricType } from '../../core/metric.ts';
import { fieldById } from '../../core/schema/collection-schema.ts';
import { isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import type { SearchRequest } from '../../proto/generated/node.ts';
import type { ReadOptions } from './read-segments.ts';
import type { SegmentSearch } from './segment.ts';
import { vectorSettings } from './vector-settings.ts';

/** A search as segments take it, checked against the field and its index; the breadth as the user gave it (0: none). Throws `fieldNotFound` or `parameterInvalid`. */
export function segmentSearch(request: SearchRequest, options: ReadOptions): SegmentSearch {
  const { k, queryCount, queries, expansion, radius, rangeFilter } = request;
  const field = fieldById(options.schema, request.fieldId);
  if (!field || !isDenseVector(field.dataType)) {
    throw new BraidError('fieldNotFound', `field ${request.fieldId} is no vector field of ${options.schema.name}`);
  }
  const { metric } = vectorSettings(field, options.indexes);
  const expected = request.metricType === '' ? metric : parseMetricType(request.metricType);
  if (expected !== metric) {
    throw new BraidError('parameterInvalid', `metric type ${expected} is not that of the index, expected ${metric}`);
  }
  if (k < 1 || k > NATIVE_LIMITS.kMax) {
    throw new BraidError('parameterInvalid', `k is ${k}, it must be from 1 to ${NATIVE_LIMITS.kMax}`);
  }
  const rowBytes = vectorRowBytes(field.dataType, field.dimension!);
  if (queries.length !== queryCount * rowBytes) {
    const message = `field ${field.name}: ${queryCount} queries have ${queries.length} bytes, expected ${rowBytes} each`;
    throw new BraidError('parameterInvalid', message);
  }
  return { fieldId: field.id, metric, queries, queryCount, k, expansion, filter: options.filter, radius, rangeFilter };
}
