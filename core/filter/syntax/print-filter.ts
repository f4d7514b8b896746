import type { ArithmeticOperator, FilterNode, LiteralValue } from './ast.ts';
import { PRECEDENCE } from './precedence.ts';

/** Tree to text. `parseFilter(printFilter(tree))` is the tree again, apart from places. Parentheses only where they are needed. */
export function printFilter(node: FilterNode): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node.value);
    case 'field':
      return (
        node.name + node.path.map((step) => `[${typeof step === 'string' ? JSON.stringify(step) : step}]`).join('')
      );
    case 'template':
      return `{${node.name}}`;
    case 'timestamp':
      return `ISO ${JSON.stringify(node.text)}`;
    case 'interval':
      return `INTERVAL ${JSON.stringify(node.text)}`;
    case 'nullCheck':
      return `${printFilter(node.operand)} is ${node.negated ? 'not ' : ''}null`;
    case 'exists':
      return `exists ${printFilter(node.operand)}`;
    case 'length':
      return `array_length(${printFilter(node.operand)})`;
    case 'contains': {
      const name = node.mode === 'one' ? 'json_contains' : `json_contains_${node.mode}`;
      return `${name}(${printFilter(node.operand)}, ${printFilter(node.elements)})`;
    }
    case 'match': {
      const threshold = node.mode === 'any' || node.mode === 'all' ? '' : `, threshold = ${node.threshold}`;
      return `${node.isElementFilter ? 'element_filter' : `match_${node.mode}`}(${printFilter(node.struct)}, ${printFilter(node.condition)}${threshold})`;
    }
    case 'spatial': {
      const parts = [node.operand, node.geometry, node.distance].filter((part) => part !== undefined);
      return `st_${node.relation}(${parts.map(printFilter).join(', ')})`;
    }
    case 'textMatch': {
      const option = node.mode === 'phrase' ? `, ${node.option}` : `, minimum_should_match = ${node.option}`;
      const call = node.mode === 'phrase' ? 'phrase_match' : 'text_match';
      return `${call}(${printFilter(node.field)}, ${printFilter(node.query)}${node.option === undefined ? '' : option})`;
    }
    case 'sample':
      return `random_sample(${printFilter(node.factor)})`;
    case 'logical':
      return node.operands.map((operand) => above(operand, PRECEDENCE[node.operator])).join(` ${node.operator} `);
    case 'not':
      return `not ${atLeast(node.operand, PRECEDENCE.not)}`;
    case 'minus':
      return `-${atLeast(node.operand, PRECEDENCE.sign)}`;
    default:
      return printBinary(node);
  }
}

type BinaryNode = Extract<FilterNode, { kind: 'arithmetic' | 'comparison' | 'range' | 'membership' | 'like' }>;

function printBinary(node: BinaryNode): string {
  const precedence = precedenceOf(node);
  switch (node.kind) {
    case 'range': {
      const [lower, middle, upper] = [node.lower, node.operand, node.upper].map((part) => above(part, precedence));
      return `${lower} <${node.lowerInclusive ? '=' : ''} ${middle} <${node.upperInclusive ? '=' : ''} ${upper}`;
    }
    case 'membership':
      return `${atLeast(node.operand, precedence)} ${node.negated ? 'not ' : ''}in ${above(node.list, precedence)}`;
    case 'like':
      return `${atLeast(node.operand, precedence)} like ${above(node.pattern, precedence)}`;
    default: {
      const isRelational = precedence === PRECEDENCE.relational;
      const left = isRelational ? above(node.left, precedence) : atLeast(node.left, precedence);
      return `${left} ${node.operator} ${above(node.right, precedence)}`;
    }
  }
}

function atLeast(node: FilterNode, precedence: number): string {
  return precedenceOf(node) >= precedence ? printFilter(node) : `(${printFilter(node)})`;
}

function above(node: FilterNode, precedence: number): string {
  return atLeast(node, precedence + 1);
}

function precedenceOf(node: FilterNode): number {
  switch (node.kind) {
    case 'logical':
      return PRECEDENCE[node.operator];
    case 'not':
      return PRECEDENCE.not;
    case 'comparison':
      return node.operator === '==' || node.operator === '!=' ? PRECEDENCE.equality : PRECEDENCE.relational;
    case 'range':
      return PRECEDENCE.relational;
    case 'membership':
      return PRECEDENCE.membership;
    case 'arithmetic':
      return ARITHMETIC_PRECEDENCE[node.operator];
    case 'minus':
      return PRECEDENCE.sign;
    case 'like':
      return PRECEDENCE.like;
    case 'literal':
      return isNegative(node.value) ? PRECEDENCE.sign : PRECEDENCE.primary;
    default:
      return PRECEDENCE.primary;
  }
}

const ARITHMETIC_PRECEDENCE: Readonly<Record<ArithmeticOperator, number>> = {
  '+': PRECEDENCE.additive,
  '-': PRECEDENCE.additive,
  '*': PRECEDENCE.multiplicative,
  '/': PRECEDENCE.multiplicative,
  '%': PRECEDENCE.multiplicative,
  '**': PRECEDENCE.power,
  '&': PRECEDENCE.bitAnd,
  '|': PRECEDENCE.bitOr,
  '^': PRECEDENCE.bitXor,
};

function isNegative(value: LiteralValue): boolean {
  return (
    (typeof value === 'bigint' && value < 0n) || (typeof value === 'number' && (value < 0 || Object.is(value, -0)))
  );
}

function printLiteral(value: LiteralValue): string {
  if (typeof value === 'number') {
    const digits = Object.is(value, -0) ? '-0' : String(value);
    return /[.e]/.test(digits) ? digits : `${digits}.0`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object') return `[${value.map(printLiteral).join(', ')}]`;
  return String(value);
}
