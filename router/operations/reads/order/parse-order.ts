import { BraidError } from '../../../../core/errors.ts';
import { type CollectionSchema, type FieldSchema, fieldByName } from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isGroupable } from '../../../../core/schema/data-type.ts';

/** One of the fields that rows are ordered by, the first of them first. */
export interface OrderTerm {
  readonly field: FieldSchema;
  readonly isDescending: boolean;
}

/** `order_by_fields`: `price:desc,name` (ascending where nothing is said). */
export function parseOrder(text: string | undefined, schema: CollectionSchema): readonly OrderTerm[] {
  const terms = (text ?? '').trim().replace(/^"(.*)"$/, '$1');
  if (terms === '' || terms === 'null') return [];
  return terms.split(',').map((term) => parseTerm(term.trim(), schema));
}

function parseTerm(term: string, schema: CollectionSchema): OrderTerm {
  const [name = '', direction = 'asc', ...rest] = term.split(':').map((part) => part.trim());
  const isDescending = direction.toLowerCase() === 'desc';
  if (rest.length > 0 || !(isDescending || direction.toLowerCase() === 'asc')) {
    throw invalid(`order_by_fields: ${term} is not of the form field, field:asc or field:desc`);
  }
  const field = fieldByName(schema, name);
  if (!field) throw invalid(`order_by_fields: field ${name} not found`);
  if (!isOrderable(field.dataType)) {
    throw invalid(`order_by_fields: field ${name} of ${dataTypeName(field.dataType)} cannot be ordered by`);
  }
  return { field, isDescending };
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}

function isOrderable(dataType: DataType): boolean {
  return isGroupable(dataType) || dataType === DataType.Float || dataType === DataType.Double;
}
