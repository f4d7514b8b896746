import { BraidError } from '../../../../core/errors.ts';
import { comparesLists } from '../../../../core/metric.ts';
import { DataType, dataTypeName, vectorRowBytes } from '../../../../core/schema/data-type.ts';
import type { SearchPlan } from '../plan-search.ts';
import type { QueryVectors } from '../search.ts';

/** Vectors within structs, compared one by one: their index has a metric of single vectors. */
export function isElementSearch({ field, index }: SearchPlan): boolean {
  return field.dataType === DataType.ArrayOfVector && !comparesLists(index.metricType);
}

/** A query is one vector; nodes take it as a list of one: then a row is as near as its nearest element. */
export function asLists({ field, index }: SearchPlan, queries: QueryVectors): QueryVectors {
  const { dataType, data, queryCount } = queries;
  const { elementType, name, dimension } = field;
  if (dataType !== elementType) {
    const types = `field vector - type ${dataTypeName(elementType!)}, search info type ${dataTypeName(dataType)}`;
    const why = `metric type ${index.metricType} compares single vectors`;
    throw new BraidError('parameterInvalid', `vector type must be the same, ${types}, field name: ${name}: ${why}`);
  }
  const vectorBytes = vectorRowBytes(elementType!, dimension!);
  if (data.length !== vectorBytes * queryCount) {
    const actual = data.length / queryCount;
    const message = `vector dimension mismatch, expected vector size(byte) ${vectorBytes}, actual ${actual}, field name: ${name}`;
    throw new BraidError('parameterInvalid', message);
  }
  const offsets = Uint32Array.from({ length: queryCount + 1 }, (_, query) => query * vectorBytes);
  return { ...queries, dataType: DataType.ArrayOfVector, elementType, offsets };
}
