import { bitsetBytes } from '../bitset.ts';
import { assert } from '../errors.ts';
import type { CollectionSchema } from '../schema/collection-schema.ts';
import { UTC } from '../time/timestamptz.ts';
import { checkRoot } from './check/check-sample.ts';
import { type FilterContext, type PlacedElementTest, Scope } from './check/scope.ts';
import type { Condition } from './evaluate/condition.ts';
import { constantCondition } from './evaluate/constant-condition.ts';
import type { ColumnSource, Filter, TemplateValue } from './filter.ts';
import type { FilterNode } from './syntax/ast.ts';
import { parseFilter } from './syntax/parse-filter.ts';

const NO_TEMPLATES: ReadonlyMap<string, TemplateValue> = new Map();

/**
 * Parses a filter and checks it against the fields of a collection. An empty text is true for every row. Throws an error of kind parameterInvalid
 * (notSupported for what Milvus has and Braid does not) that names the place; takes time in proportion to the text, and little of it when the text
 * is beyond FILTER_LIMITS.
 */
export function compileFilter(
  text: string,
  schema: CollectionSchema,
  templates: ReadonlyMap<string, TemplateValue> = NO_TEMPLATES,
  zone: string = UTC,
): Filter {
  const { condition, isRandom, elements } = checked(text, { text, schema, templates, zone });
  return {
    text,
    zone,
    fieldIds: condition.fieldIds,
    primaryKeys: condition.primaryKeys,
    costPerRowNs: condition.costPerRowNs,
    isRandom,
    elements,
    evaluate: (source, out) => evaluate(condition, source, out),
    fromIndexes: (lookup) => condition.fromIndexes?.(lookup),
  };
}

function checked(text: string, context: FilterContext) {
  if (text.trim() === '') return { condition: constantCondition(true), isRandom: false, elements: undefined };
  const scope = new Scope(context);
  const root = parseFilter(text);
  return { ...checkRoot(scope, root), elements: elementsOf(scope.elementTests, root) };
}

function elementsOf(tests: readonly PlacedElementTest[], root: FilterNode): Filter['elements'] {
  const [only, second] = tests;
  if (!only) return undefined;
  const outermost = root.kind === 'logical' && root.operator === 'and' ? root.operands : [root];
  return !second && outermost.includes(only.node) ? only.test : 'misplaced';
}

function evaluate(condition: Condition, source: ColumnSource, out: Uint8Array): void {
  const byteCount = bitsetBytes(source.rowCount);
  assert(out.length >= byteCount, `the bitset has ${out.length} bytes, ${source.rowCount} rows need ${byteCount}`);
  condition.evaluate(source, out.subarray(0, byteCount));
  out.fill(0, byteCount);
}
