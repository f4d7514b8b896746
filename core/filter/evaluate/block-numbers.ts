import type { Column } from '../../columns/column.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';
import { type BitOperator, isBitOperator } from './arithmetic.ts';
import { BLOCK_ROWS, halves, loadDoubles } from './blocks.ts';
import { bindLength } from './exact-numbers.ts';
import { asFixed } from './leaf.ts';
import { isInteger, type NumberExpression } from './number-expression.ts';

/**
 * The values of rows `from..to` as doubles, valid until the next call. Undefined if a value, or a step towards it, is not exact as a double
 * (an integer beyond 2^53, a division by zero): the block is then computed row by row.
 */
export type BlockReader = (from: number, to: number) => Float64Array | undefined;

/**
 * The expression block by block; undefined if it has to be computed row by row anyway. It leaves its values in `slot` of the scratch blocks, or in
 * the column itself, and uses the slots above while it computes: as many as the tree is deep, however many nodes it has.
 */
export function bindBlocks(
  expression: NumberExpression,
  columns: ReadonlyMap<number, Column>,
  scratch: ScratchBlocks,
  slot: number,
): BlockReader | undefined {
  switch (expression.kind) {
    case 'constant': {
      const value = Number(expression.value);
      if (typeof expression.value === 'bigint' && !Number.isSafeInteger(value)) return undefined;
      return (from, to) => scratch.at(slot).fill(value, 0, to - from);
    }
    case 'column': {
      const { values } = asFixed(columns.get(expression.field.id));
      if (!(values instanceof BigInt64Array)) return (from, to) => loadDoubles(values, from, to, scratch.at(slot));
      const pairs = halves(values);
      return (from, to) => loadSafeIntegers(pairs, from, to, scratch.at(slot));
    }
    case 'length': {
      const lengthOf = bindLength(columns.get(expression.field.id), expression);
      return (from, to) => {
        const out = scratch.at(slot);
        for (let row = from; row < to; row++) out[row - from] = lengthOf(row);
        return out;
      };
    }
    case 'element':
    case 'json':
      return undefined;
    case 'operation':
      return bindOperation(expression, columns, scratch, slot);
  }
}

/** Blocks of doubles, made when they are first used. */
export class ScratchBlocks {
  readonly #blocks: Float64Array[] = [];

  at(slot: number): Float64Array {
    this.#blocks[slot] ??= new Float64Array(BLOCK_ROWS);
    return this.#blocks[slot];
  }
}

function bindOperation(
  expression: Extract<NumberExpression, { kind: 'operation' }>,
  columns: ReadonlyMap<number, Column>,
  scratch: ScratchBlocks,
  slot: number,
): BlockReader | undefined {
  const left = bindBlocks(expression.left, columns, scratch, slot);
  const right = bindBlocks(expression.right, columns, scratch, slot + 1);
  // JavaScript's bit operators have 32 bits.
  if (!left || !right || isBitOperator(expression.operator)) return undefined;
  const onIntegers = isInteger(expression);
  const operator = onIntegers ? INTEGER_OPERATORS[expression.operator] : DOUBLE_OPERATORS[expression.operator];
  return (from, to) => {
    const a = left(from, to);
    const b = a && right(from, to);
    if (!a || !b) return undefined;
    const out = scratch.at(slot);
    operator(a, b, to - from, out);
    return !onIntegers || allSafe(out, to - from) ? out : undefined;
  };
}

type BlockOperator = (left: Float64Array, right: Float64Array, count: number, out: Float64Array) => void;

const DOUBLE_OPERATORS: Readonly<Record<Exclude<ArithmeticOperator, BitOperator>, BlockOperator>> = {
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
 * The quotient of safe integers is never rounded up to a whole number: that is at least 1 / b away, and rounding moves it by less.
 * Adding 0 turns -0 into 0: integers have one zero, and its sign would show in a later division of doubles.
 */
const INTEGER_OPERATORS: Readonly<Record<Exclude<ArithmeticOperator, BitOperator>, BlockOperator>> = {
  ...DOUBLE_OPERATORS,
  '*': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = left[i]! * right[i]! + 0;
  },
  '/': (left, right, count, out) => {
    for (let i = 0; i < count; i++) out[i] = Math.trunc(left[i]! / right[i]!) + 0;
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
