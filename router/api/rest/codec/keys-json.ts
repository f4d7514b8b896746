import { BraidError } from '../../../../core/errors.ts';
import type { KeyList } from '../../../../core/merge/merge-hits.ts';
import { int64Value } from '../../../../core/rows/int64.ts';
import { scalarOf } from '../../../../core/rows/scalar-value.ts';
import { type CollectionSchema, primaryField } from '../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { RestCall } from '../endpoint.ts';

/** Primary keys in JSON: one or a list; those of type Int64 as numbers or as texts. */
export function keysFromJson(schema: CollectionSchema, given: unknown): KeyList {
  const { name, dataType } = primaryField(schema);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw new BraidError('restParameterMissing', 'missing required parameters: no key is given');
  const keys = list.map((key, row) => scalarOf(name, row, dataType, key));
  return dataType === DataType.Int64 ? BigInt64Array.from(keys as bigint[]) : (keys as string[]);
}

export function keysToJson(keys: KeyList, int64: RestCall['int64']): unknown[] {
  return keys instanceof BigInt64Array ? Array.from(keys, (key) => int64Value(key, int64)) : [...keys];
}
