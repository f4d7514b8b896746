import { DataType } from '../schema/data-type.ts';

/** What is computed over the rows of a group. A mean is a sum and a count. */
export type AggregateOperator = 'count' | 'sum' | 'min' | 'max';

const INTEGERS: readonly DataType[] = [DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64];
const FLOATS: readonly DataType[] = [DataType.Float, DataType.Double];
const ORDERED: readonly DataType[] = [...INTEGERS, ...FLOATS, DataType.VarChar, DataType.Timestamptz];

/**
 * The type of an aggregate over values of a type; undefined where there is none. Counts and sums of integers are Int64, sums of floating-point numbers Double; the smallest and the largest
 * value keep their type (Milvus: internal/agg/type_check.go and aggregate_reducer.go).
 */
export function aggregateType(operator: AggregateOperator, dataType: DataType): DataType | undefined {
  switch (operator) {
    case 'count':
      return DataType.Int64;
    case 'sum':
      if (INTEGERS.includes(dataType)) return DataType.Int64;
      return FLOATS.includes(dataType) ? DataType.Double : undefined;
    case 'min':
    case 'max':
      return ORDERED.includes(dataType) ? dataType : undefined;
  }
}
