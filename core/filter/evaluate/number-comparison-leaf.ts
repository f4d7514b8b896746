import type { Column } from '../../columns/column.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { ComparisonOperator } from '../syntax/ast.ts';
import { bindBlocks, ScratchBlocks } from './block-numbers.ts';
import { BLOCK_ROWS } from './blocks.ts';
import { COST, type Condition } from './condition.ts';
import { bindExact, type ExactNumber } from './exact-numbers.ts';
import { leaf } from './leaf.ts';
import { fieldsOf, type NumberExpression } from './number-expression.ts';

type Operator = Exclude<ComparisonOperator, '!='>;

/**
 * Rows in which two number expressions compare. Integers compare exactly with doubles. A JSON value that is no number compares false (and its negation true,
 * as with Milvus' JSON comparisons); a row that divides an integer by zero is unknown, so that neither the comparison nor its negation holds.
 */
export function numberComparisonLeaf(
  operator: Operator,
  left: NumberExpression,
  right: NumberExpression,
  negated: boolean,
): Condition {
  const fields = new Map<number, FieldSchema>(
    [...fieldsOf(left), ...fieldsOf(right)].map((field) => [field.id, field]),
  );
  // The kernel negates by itself because a division by zero must stay unset either way.
  return leaf({ fields: [...fields.values()], costPerRowNs: COST.arithmetic }, (present, rowCount, out) => {
    const columns = new Map<number, Column>([...fields.keys()].map((id, index) => [id, present[index]!]));
    const flip = negated ? 1 : 0;
    const scratch = new ScratchBlocks();
    const leftBlocks = bindBlocks(left, columns, scratch, 0);
    const rightBlocks = leftBlocks && bindBlocks(right, columns, scratch, 1);
    const testRow = bindRow(operator, bindExact(left, columns), bindExact(right, columns), negated);
    out.fill(0);
    for (let from = 0; from < rowCount; from += BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, rowCount);
      const a = rightBlocks && leftBlocks(from, to);
      const b = a && rightBlocks(from, to);
      if (a && b) BLOCK_TESTS[operator](a, b, to - from, flip, out, from >>> 3);
      else for (let row = from; row < to; row++) if (testRow(row)) out[row >>> 3]! |= 1 << (row & 7);
    }
  });
}

function bindRow(
  operator: Operator,
  left: (row: number) => ExactNumber,
  right: (row: number) => ExactNumber,
  negated: boolean,
): (row: number) => boolean {
  return (row) => {
    const a = left(row);
    const b = right(row);
    if (a === null || b === null) return false;
    return (a !== undefined && b !== undefined && compareNumbers(operator, a, b)) !== negated;
  };
}

/** JavaScript compares a bigint with a number exactly; equality of the two is "neither is larger". */
export function compareNumbers(operator: Operator, left: number | bigint, right: number | bigint): boolean {
  switch (operator) {
    case '==':
      return left <= right && left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

type BlockTest = (
  left: Float64Array,
  right: Float64Array,
  count: number,
  flip: number,
  out: Uint8Array,
  outByte: number,
) => void;

const less: BlockTest = (left, right, count, flip, out, outByte) => {
  for (let i = 0; i < count; i++) out[outByte + (i >>> 3)]! |= ((left[i]! < right[i]! ? 1 : 0) ^ flip) << (i & 7);
};

const lessOrEqual: BlockTest = (left, right, count, flip, out, outByte) => {
  for (let i = 0; i < count; i++) out[outByte + (i >>> 3)]! |= ((left[i]! <= right[i]! ? 1 : 0) ^ flip) << (i & 7);
};

const equal: BlockTest = (left, right, count, flip, out, outByte) => {
  for (let i = 0; i < count; i++) out[outByte + (i >>> 3)]! |= ((left[i]! === right[i]! ? 1 : 0) ^ flip) << (i & 7);
};

const BLOCK_TESTS: Readonly<Record<Operator, BlockTest>> = {
  '==': equal,
  '<': less,
  '<=': lessOrEqual,
  '>': (left, right, ...rest) => less(right, left, ...rest),
  '>=': (left, right, ...rest) => lessOrEqual(right, left, ...rest),
};
