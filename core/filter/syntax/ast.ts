import type { SpatialRelation } from '../../geometry/spatial-relation.ts';
import type { TemplateValue } from '../filter.ts';

/**
 * The tree of a filter as it was written: names are not resolved, types not checked. Immutable; a folder of functions works on it
 * (parse-filter, print-filter, check/). `start` and `end` are UTF-16 offsets into the text, for error messages only.
 */
export type FilterNode =
  | LiteralNode
  | FieldNode
  | TemplateNode
  | TimestampNode
  | IntervalNode
  | MinusNode
  | ArithmeticNode
  | LengthNode
  | ComparisonNode
  | RangeNode
  | MembershipNode
  | LikeNode
  | NullCheckNode
  | ExistsNode
  | ContainsNode
  | MatchNode
  | TextMatchNode
  | SampleNode
  | SpatialNode
  | NotNode
  | LogicalNode;

/** Where a node or token stands in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Integers are bigint, numbers with a point or exponent are number, lists may be nested and mixed. */
export type LiteralValue = TemplateValue;

/** `5`, `1.5`, `"a"`, `true`, `[1, "b", [2.0]]`. A minus before a number belongs to the literal. */
export interface LiteralNode extends Span {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

/** `age`, `json["a"][0]`, `$meta["k"]`; `struct[sub]` is a name without a path, `struct[0][sub]` the same with the path 0. */
export interface FieldNode extends Span {
  readonly kind: 'field';
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** `{name}`: a value that comes with the request. */
export interface TemplateNode extends Span {
  readonly kind: 'template';
  readonly name: string;
}

/** `ISO '2025-01-01T00:00:00Z'` */
export interface TimestampNode extends Span {
  readonly kind: 'timestamp';
  readonly text: string;
}

/** `INTERVAL 'P1DT2H'` */
export interface IntervalNode extends Span {
  readonly kind: 'interval';
  readonly text: string;
}

export interface MinusNode extends Span {
  readonly kind: 'minus';
  readonly operand: FilterNode;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^';

export interface ArithmeticNode extends Span {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: FilterNode;
  readonly right: FilterNode;
}

/** `array_length(x)` */
export interface LengthNode extends Span {
  readonly kind: 'length';
  readonly operand: FieldNode;
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface ComparisonNode extends Span {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: FilterNode;
  readonly right: FilterNode;
}

/** `lower < operand <= upper`; `upper >= operand > lower` becomes the same node. */
export interface RangeNode extends Span {
  readonly kind: 'range';
  readonly lower: FilterNode;
  readonly lowerInclusive: boolean;
  readonly operand: FilterNode;
  readonly upper: FilterNode;
  readonly upperInclusive: boolean;
}

/** `operand in list`, `operand not in list` */
export interface MembershipNode extends Span {
  readonly kind: 'membership';
  readonly operand: FilterNode;
  readonly list: FilterNode;
  readonly negated: boolean;
}

export interface LikeNode extends Span {
  readonly kind: 'like';
  readonly operand: FilterNode;
  readonly pattern: FilterNode;
}

/** `x is null`, `x is not null` */
export interface NullCheckNode extends Span {
  readonly kind: 'nullCheck';
  readonly operand: FieldNode;
  readonly negated: boolean;
}

export interface ExistsNode extends Span {
  readonly kind: 'exists';
  readonly operand: FieldNode;
}

/** `json_contains(x, element)`, `json_contains_all(x, list)`, `json_contains_any(x, list)`; `array_contains…` is the same function. */
export interface ContainsNode extends Span {
  readonly kind: 'contains';
  readonly mode: 'one' | 'all' | 'any';
  readonly operand: FieldNode;
  readonly elements: FilterNode;
}

/**
 * `match_any(struct, condition)` and its likes; within the condition `$[sub]` is a field named so. `element_filter` is true of the same rows as `match_any`, and in a search of elements of
 * the elements that meet the condition.
 */
export interface MatchNode extends Span {
  readonly kind: 'match';
  readonly isElementFilter: boolean;
  readonly mode: 'any' | 'all' | 'least' | 'most' | 'exact';
  readonly struct: FieldNode;
  readonly condition: FilterNode;
  readonly threshold: bigint;
}

/** `text_match(field, 'words', minimum_should_match = 2)`, `phrase_match(field, 'words', 1)`; the option is the number at the end. */
export interface TextMatchNode extends Span {
  readonly kind: 'textMatch';
  readonly mode: 'any' | 'phrase';
  readonly field: FieldNode;
  readonly query: FilterNode;
  readonly option: bigint | undefined;
}

/** `random_sample(0.1)` */
export interface SampleNode extends Span {
  readonly kind: 'sample';
  readonly factor: FilterNode;
}

/** `st_within(field, "POLYGON (…)")`; `dwithin` has a distance too, `isvalid` only the field. */
export interface SpatialNode extends Span {
  readonly kind: 'spatial';
  readonly relation: SpatialRelation | 'dwithin' | 'isvalid';
  readonly operand: FieldNode;
  readonly geometry: FilterNode | undefined;
  readonly distance: FilterNode | undefined;
}

export interface NotNode extends Span {
  readonly kind: 'not';
  readonly operand: FilterNode;
}

/** A flat chain: `a and b and c` is one node with three operands. Parentheses start a node of their own. */
export interface LogicalNode extends Span {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly operands: readonly FilterNode[];
}
