import type { ArithmeticOperator } from '../syntax/ast.ts';

/**
 * One operation on two numbers, as C++ computes it for Milvus: two integers (bigint) give a 64-bit integer that wraps around, division truncates
 * towards zero and the remainder has the sign of the left side; with a double on either side both are doubles (IEEE 754); `**` is always one
 * of doubles. Bit operations of anything but integers are undefined. Dividing an
 * integer by zero has no result: null.
 */
export function applyArithmetic(
  operator: ArithmeticOperator,
  left: number | bigint,
  right: number | bigint,
): number | bigint | null | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '**')
    return onIntegers(operator, left, right);
  return isBitOperator(operator) ? undefined : onDoubles(operator, Number(left), Number(right));
}

export type BitOperator = '&' | '|' | '^';

export function isBitOperator(operator: ArithmeticOperator): operator is BitOperator {
  return operator === '&' || operator === '|' || operator === '^';
}

function onIntegers(operator: Exclude<ArithmeticOperator, '**'>, left: bigint, right: bigint): bigint | null {
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '*':
      return BigInt.asIntN(64, left * right);
    case '/':
      return right === 0n ? null : BigInt.asIntN(64, left / right);
    case '%':
      return right === 0n ? null : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
  }
}

function onDoubles(operator: Exclude<ArithmeticOperator, BitOperator>, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
  }
}
