import { BraidError } from '../../../../core/errors.ts';
import type { CollectionSchema } from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isGroupable } from '../../../../core/schema/data-type.ts';
import { type NamedValue, resolveValue } from '../resolve-value.ts';

/** One of the values that rows are ordered by, the first of them first. */
export interface OrderTerm extends NamedValue {
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

/** Commas and colons outside of brackets: those inside belong to a JSON path. */
const COMMA = /,(?![^[]*\])/;
const COLON = /:(?![^[]*\])/;

/**
 * `order_by_fields`: `price:desc,meta["rank"]:asc:nulls_first,name`. Ascending where nothing is said. Nulls come last, in descending order first, as in PostgreSQL, unless it says otherwise.
 * Form, defaults and words are those of Milvus 3.0 (internal/util/reduce/orderby/types.go).
 */
export function parseOrder(text: string | undefined, schema: CollectionSchema): readonly OrderTerm[] {
  return termsOf(text).map((term) => parseTerm(term, schema));
}

/** What `order_by_fields` names, whether it is there or not. */
export function orderNames(text: string | undefined): readonly string[] {
  return termsOf(text).map((term) => term.split(COLON)[0]!.trim());
}

function termsOf(text: string | undefined): readonly string[] {
  const terms = plainText(text ?? '');
  if (terms === 'null') return [];
  return terms
    .split(COMMA)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

/** Some clients send the text as JSON. */
function plainText(text: string): string {
  const trimmed = text.trim();
  if (!/^"(?:[^"\\]|\\.)*"$/.test(trimmed)) return trimmed;
  try {
    return String(JSON.parse(trimmed)).trim();
  } catch {
    return trimmed.slice(1, -1);
  }
}

function parseTerm(term: string, schema: CollectionSchema): OrderTerm {
  const [name = '', direction = '', nulls, ...rest] = term.split(COLON).map((part) => part.trim());
  if (name === '' || rest.length > 0) throw invalid(`order_by_fields: '${term}' is not field[:direction[:nulls]]`);
  const isDescending = isDownwards(direction.toLowerCase(), name);
  const value = resolveValue(schema, name);
  if (!value) throw invalid(`order_by field '${name}' does not exist in collection schema`);
  if (value.path === undefined && !isOrderable(value.field.dataType)) {
    throw invalid(`order_by field '${name}' has type ${dataTypeName(value.field.dataType)} which is not sortable`);
  }
  return { ...value, isDescending, nullsFirst: areNullsFirst(nulls?.toLowerCase(), isDescending) };
}

function isDownwards(direction: string, name: string): boolean {
  if (direction === 'desc' || direction === 'descending') return true;
  if (direction === '' || direction === 'asc' || direction === 'ascending') return false;
  throw invalid(`invalid order direction '${direction}' for field '${name}', must be 'asc' or 'desc'`);
}

function areNullsFirst(nulls: string | undefined, isDescending: boolean): boolean {
  if (nulls === undefined) return isDescending;
  if (nulls === 'nulls_first') return true;
  if (nulls === 'nulls_last') return false;
  throw invalid(`invalid null ordering '${nulls}', must be 'nulls_first' or 'nulls_last'`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}

function isOrderable(dataType: DataType): boolean {
  return isGroupable(dataType) || dataType === DataType.Float || dataType === DataType.Double;
}
