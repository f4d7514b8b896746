import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import { parseTimestamptz } from '../../time/timestamptz.ts';
import type { Condition } from '../evaluate/condition.ts';
import { integerInterval } from '../evaluate/integer-interval.ts';
import { integerIntervalLeaf } from '../evaluate/interval-leaf.ts';
import { shiftedTimestampLeaf } from '../evaluate/shifted-timestamp-leaf.ts';
import type { ComparisonNode, ComparisonOperator, FilterNode, IntervalNode, TimestampNode } from '../syntax/ast.ts';
import { mirrored } from './mirrored.ts';
import { checkField } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField } from './type-name.ts';

/**
 * `field < ISO '2025-01-01T00:00:00Z'`, either way round, with `+ INTERVAL 'P1M2DT3H'` or `-` after the field. A timestamp without an offset is meant in the zone
 * of the request or the collection.
 * Undefined if no side is a timestamp.
 */
export function checkTimestampComparison(
  scope: Scope,
  node: ComparisonNode,
  operator: Exclude<ComparisonOperator, '!='>,
  negated: boolean,
): Condition | undefined {
  const { left, right } = node;
  if (right.kind === 'timestamp') return compare(scope, left, operator, right, negated);
  return left.kind === 'timestamp' ? compare(scope, right, mirrored(operator), left, negated) : undefined;
}

function compare(
  scope: Scope,
  node: FilterNode,
  operator: Exclude<ComparisonOperator, '!='>,
  timestamp: TimestampNode,
  negated: boolean,
): Condition {
  const isShifted = node.kind === 'arithmetic' && node.right.kind === 'interval';
  const field = timestampField(scope, isShifted ? node.left : node);
  const micros = timestampOf(scope, timestamp);
  if (!isShifted) return integerIntervalLeaf(field, integerInterval(operator, micros), negated);
  if (node.operator !== '+' && node.operator !== '-')
    throw scope.fail(node, 'an interval can only be added or subtracted');
  const sign = node.operator === '+' ? 1 : -1;
  const { months, micros: shift } = parseInterval(scope, node.right as IntervalNode);
  if (months !== 0)
    return shiftedTimestampLeaf(field, sign * months, BigInt(sign) * shift, integerInterval(operator, micros), negated);
  return integerIntervalLeaf(field, integerInterval(operator, micros - BigInt(sign) * shift), negated);
}

function timestampField(scope: Scope, node: FilterNode): FieldSchema {
  if (node.kind !== 'field') throw scope.fail(node, 'a timestamp is only compared with a Timestamptz field');
  const operand = checkField(scope, node);
  if (operand.field.dataType === DataType.Timestamptz) return operand.field;
  throw scope.fail(node, `${describeField(operand.field)} is not a timestamptz datatype`);
}

/** Microseconds since 1970. */
function timestampOf(scope: Scope, node: TimestampNode): bigint {
  const micros = parseTimestamptz(node.text, scope.zone);
  if (micros !== undefined) return micros;
  throw scope.fail(node, 'invalid timestamp, expected ISO 8601 like 2025-01-31T12:00:00+02:00');
}

/** Of 32 bits, as in Milvus (plan.proto, Interval). */
const INTERVAL_PART_MAX = 2n ** 31n - 1n;
const MICROS = { day: 86_400_000_000n, hour: 3_600_000_000n, minute: 60_000_000n, second: 1_000_000n } as const;

/** A year are 12 months; of all other parts the length is known. */
function parseInterval(scope: Scope, node: IntervalNode): { readonly months: number; readonly micros: bigint } {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(node.text);
  if (!match || node.text.length > 100) throw scope.fail(node, 'invalid ISO 8601 duration, expected like P1DT2H30M');
  const parts = match.slice(1).map((digits) => BigInt(digits ?? 0));
  const tooLong = parts.find((part) => part > INTERVAL_PART_MAX);
  if (tooLong !== undefined) {
    throw scope.fail(node, `a part of the interval is ${tooLong}, the limit is ${INTERVAL_PART_MAX}`);
  }
  const [years, months, days, hours, minutes, seconds] = parts;
  const micros = days! * MICROS.day + hours! * MICROS.hour + minutes! * MICROS.minute + seconds! * MICROS.second;
  return { months: Number(years! * 12n + months!), micros };
}
