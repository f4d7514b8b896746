import type { KeyList } from '../../../../core/merge/merge-hits.ts';
import type { IDs } from '../../../../proto/generated/milvus/field_data.ts';
import { plainBigints, typedBigints } from './bigints.ts';

/** Primary keys to and from the wire. */

export function encodeIds(keys: KeyList): IDs {
  return keys instanceof BigInt64Array
    ? { idField: { $case: 'intId', value: { data: plainBigints(keys) } } }
    : { idField: { $case: 'strId', value: { data: [...keys] } } };
}

/** No ids at all are an empty list of Int64. */
export function decodeIds({ idField }: IDs): KeyList {
  return idField?.$case === 'strId' ? idField.value.data : typedBigints(idField?.value.data ?? []);
}
