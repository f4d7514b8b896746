import { DataType } from '../schema/data-type.ts';
import type { Accumulator } from './accumulator.ts';
import type { AggregateOperator } from './aggregate.ts';
import { extremeValue } from './extreme-value.ts';
import { FloatSum } from './float-sum.ts';
import { IntegerSum } from './integer-sum.ts';
import { RowCount } from './row-count.ts';

/** Computes an aggregate over values of a type; `aggregateType` knows which there are. */
export function createAccumulator(operator: AggregateOperator, dataType: DataType): Accumulator {
  if (operator === 'count') return new RowCount();
  if (operator === 'sum') return isFloat(dataType) ? new FloatSum() : new IntegerSum();
  return extremeValue(dataType, operator === 'max');
}

/** Computes an aggregate of all rows from those of parts of them; `dataType` is that of the aggregate. */
export function createMerger(operator: AggregateOperator, dataType: DataType): Accumulator {
  return operator === 'count' ? new IntegerSum(true) : createAccumulator(operator, dataType);
}

function isFloat(dataType: DataType): boolean {
  return dataType === DataType.Float || dataType === DataType.Double;
}
