import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import type { CollectionSchema, FieldSchema } from '../../../../core/schema/collection-schema.ts';
import { dataTypeName, isGroupable } from '../../../../core/schema/data-type.ts';
import { parseFlag, parseWholeNumber } from '../parse-number.ts';
import { type NamedValue, resolveValue } from '../resolve-value.ts';
import type { Grouping } from './grouping.ts';

/** `group_by_field`, `group_size`, `strict_group_size`; undefined when nothing is grouped. Errors in the words of Milvus (internal/proxy/search_util.go). */
export function parseGrouping(
  text: (name: string) => string | undefined,
  schema: CollectionSchema,
): Grouping | undefined {
  const name = (text('group_by_field') ?? '').replace(/^"(.*)"$/, '$1').trim();
  if (name === '' || name === 'null') return undefined;
  const { field, path } = findValue(schema, name);
  return { name, field, path, size: parseSize(text('group_size')), isStrict: parseFlag(text('strict_group_size')) };
}

/** The window of a grouped read counts hits, not groups. */
export function checkGroupWindow({ size }: Grouping, offset: number, limit: number): void {
  const hitCount = (offset + limit) * size;
  if (hitCount <= LIMITS.resultWindowMax) return;
  throw invalid(`(offset+limit) * group_size should be in range [1, ${LIMITS.resultWindowMax}], but got ${hitCount}`);
}

function findValue(schema: CollectionSchema, name: string): NamedValue {
  const value = resolveValue(schema, name);
  if (!value)
    throw new BraidError('fieldNotFound', `groupBy field not found in schema: field not found[field=${name}]`);
  return value.path === undefined ? { ...value, field: groupable(value.field) } : value;
}

function groupable(field: FieldSchema): FieldSchema {
  if (isGroupable(field.dataType)) return field;
  throw invalid(`unsupported data type ${dataTypeName(field.dataType)} for group by operator, field: ${field.name}`);
}

function parseSize(text: string | undefined): number {
  if (text === undefined || text.trim() === '' || text === 'null') return 1;
  const size = parseWholeNumber(text);
  if (size === undefined) throw invalid(`failed to parse input group size:${text}`);
  if (size <= 0) throw invalid(`input group size:${size} is negative, failed to do search_groupby`);
  if (size > LIMITS.groupSizeMax) {
    throw invalid(`input group size:${size} exceeds configured max group size:${LIMITS.groupSizeMax}`);
  }
  return size;
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
