import { type FieldSchema, termsField } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import { checkTextLength } from '../../text/check-text-length.ts';
import { fieldAnalyzers, hasMatch } from '../../text/field-analyzer.ts';
import type { Condition } from '../evaluate/condition.ts';
import { phraseLeaf } from '../evaluate/phrase-leaf.ts';
import { termsLeaf } from '../evaluate/terms-leaf.ts';
import type { TextMatchNode } from '../syntax/ast.ts';
import { Phrase } from '../text/phrase.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField } from './type-name.ts';

const SHOULD_MATCH_MAX = 1_000;
const SLOP_MAX = 2 ** 31 - 1;

/** `text_match(field, 'words')`, `phrase_match(field, 'words', slop)`: the words are analysed as the field's texts are. */
export function checkTextMatch(scope: Scope, node: TextMatchNode, negated: boolean): Condition {
  const field = matchedField(scope, node);
  const query = checkOperand(scope, node.query);
  if (query.kind !== 'constant' || typeof query.value !== 'string') {
    throw scope.fail(node.query, `the second argument of ${nameOf(node)} must be a string`);
  }
  checkTextLength(query.value);
  const analyzer = fieldAnalyzers(field).default;
  const terms = termsField(scope.schema, field.id)!;
  if (node.mode === 'phrase') {
    const slop = option(scope, node, 'slop', 0, SLOP_MAX) ?? 0;
    return phraseLeaf(field, terms, analyzer, new Phrase(analyzer, query.value, slop), negated);
  }
  const least = option(scope, node, 'minimum_should_match', 1, SHOULD_MATCH_MAX) ?? 1;
  return termsLeaf(field, terms, analyzer.terms(query.value), least, negated);
}

function matchedField(scope: Scope, node: TextMatchNode): FieldSchema {
  const { field, path } = scope.resolve(node.field);
  if (field.dataType !== DataType.VarChar || path.length > 0) {
    throw scope.fail(
      node.field,
      `${nameOf(node)} on non-string is unsupported, ${node.field.name} is ${describeField(field)}`,
    );
  }
  if (hasMatch(field)) return field;
  throw scope.fail(
    node.field,
    `field ${field.name} does not enable match: set enable_match and enable_analyzer when it is created`,
  );
}

function option(scope: Scope, node: TextMatchNode, name: string, min: number, max: number): number | undefined {
  if (node.option === undefined) return undefined;
  const value = Number(node.option);
  if (value >= min && value <= max) return value;
  throw scope.fail(node, `${name} should be in range [${min}, ${max}], but got ${node.option}`);
}

function nameOf({ mode }: TextMatchNode): string {
  return mode === 'phrase' ? 'phrase_match' : 'text_match';
}
