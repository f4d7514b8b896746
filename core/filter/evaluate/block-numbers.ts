import type { Column } from '../../columns/column.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';
import { BLOCK_ROWS, halves, loadDoubles } from './blocks.ts';
import { bindLength } from './exact-numbers.ts';
import { asFixed } from './leaf.ts';
import { isInteger, type NumberExpression } from './number-expression.ts';

/**
 * The values of rows `from..to` as doubles, valid until the next call. Undefined if a value, or a step towards it, is not exact as a double
 * (an integer beyond 2^53, a division by zero): the block is then computed row by row.
 */
export type BlockReader = (from: number, to: number) => Float64Array | undefined;

/** The expression block by block; undefined if it has to be computed row by row anyway. */
export function bindBlocks(
  expression: NumberExpression,
  columns: ReadonlyMap<number, Column>,
): BlockReader | undefined {
  switch (expression.kind) {
    case 'constant': {
      const value = Number(expression.value);
      if (typeof expression.value === 'bigint' && !Number.isSafeInteger(value)) return undefined;
      const block = new Float64Array(BLOCK_ROWS).fill(value);
      return () => block;
    }
    case 'column': {
      const { values } = asFixed(columns.get(expression.field.id));
      const scratch = new Float64Array(BLOCK_ROWS);
      if (values instanceof BigInt64Array) {
        const pairs = halves(values);
        return (from, to) => loadSafeIntegers(pairs, from, to, scratch);
      }
      return (from, to) => loadDoubles(values, from, to, scratch);
    }
    case 'length': {
      const lengthOf = bindLength(columns.get(expression.field.id), expression.path);
      const scratch = new Float64Array(BLOCK_ROWS);
      return (from, to) => {
        for (let row = from; row < to; row++) scratch[row - from] = lengthOf(row);
        return scratch;
      };
    }
    case 'json':
      return undefined;
    case 'operation':
      return bindOperation(expression, columns);
  }
}

function bindOperation(
  expression: Extract<NumberExpression, { kind: 'operation' }>,
  columns: ReadonlyMap<number, Column>,
): BlockReader | undefined {
  const left = bindBlocks(expression.left, columns);
  const right = bindBlocks(expression.right, columns);
  if (!left || !right) return undefined;
  const scratch = new Float64Array(BLOCK_ROWS);
  const onIntegers = isInteger(expression);
  return (from, to) => {
    const a = left(from, to);
    const b = a && right(from, to);
    if (!a || !b) return undefined;
    const count = to - from;
    const operator = onIntegers ? INTEGER_OPERATORS[expression.operator] : DOUBLE_OPERATORS[expression.operator];
    operator(a, b, count, scratch);
    return !onIntegers || allSafe(scratch, count) ? scratch : undefined;
  };
}

type BlockOperator = (left: Float64Array, right: Float64Array, count: number, out: Float64Array) => void;

const DOUBLE_OPERATORS: Readonly<Record<ArithmeticOperator, BlockOperator>> = {
  '+': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! + right[i]!;
  },
  '-': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! - right[i]!;
  },
  '*': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! * right[i]!;
  },
  '/': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! / right[i]!;
  },
  '%': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! % right[i]!;
  },
  '**': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! ** right[i]!;
  },
};

/**
 * The same on integers that are safe doubles. A result that is safe too is exact; division by zero gives NaN, which is not safe.
 * The quotient is that of the dividend without its remainder: exact where `Math.trunc(a / b)` may be rounded up.
 * Adding 0 turns -0 into 0: integers have one zero, and its sign would show in a later division of doubles.
 */
const INTEGER_OPERATORS: Readonly<Record<ArithmeticOperator, BlockOperator>> = {
  ...DOUBLE_OPERATORS,
  '*': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! * right[i]! + 0;
  },
  '/': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = (left[i]! - (left[i]! % right[i]!)) / right[i]! + 0;
  },
  '%': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = (left[i]! % right[i]!) + 0;
  },
};

function allSafe(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (!(Math.abs(values[i]!) <= Number.MAX_SAFE_INTEGER)) return false;
  return true;
}

function loadSafeIntegers(
  pairs: Int32Array,
  from: number,
  to: number,
  scratch: Float64Array,
): Float64Array | undefined {
  for (let row = from, i = 0; row < to; row++, i++) {
    scratch[i] = pairs[row * 2 + 1]! * 0x1_0000_0000 + (pairs[row * 2]! >>> 0);
  }
  return allSafe(scratch, to - from) ? scratch : undefined;
}
