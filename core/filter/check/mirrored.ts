import type { ComparisonOperator } from '../syntax/ast.ts';

type Operator = Exclude<ComparisonOperator, '!='>;

const MIRRORED: Readonly<Record<Operator, Operator>> = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The operator for exchanged sides: `1 < x` is `x > 1`. */
export function mirrored(operator: Operator): Operator {
  return MIRRORED[operator];
}
