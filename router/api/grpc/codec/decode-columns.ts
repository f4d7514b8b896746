import type { InputColumn } from '../../../../core/rows/input-column.ts';
import { splitSubFieldName, subFieldName } from '../../../../core/schema/collection-schema.ts';
import type { FieldData } from '../../../../proto/generated/milvus/field_data.ts';
import { decodeFieldData } from './decode-field-data.ts';

/** The columns of a request; an array of structs gives one for each of its sub-fields, named `struct[sub]` (clients send plain names). */
export function decodeColumns(messages: readonly FieldData[]): InputColumn[] {
  return messages.flatMap((message) => {
    if (message.field?.$case !== 'structArrays') return [decodeFieldData(message)];
    return message.field.value.fields.map((sub) => {
      const name = splitSubFieldName(sub.fieldName)?.name ?? sub.fieldName;
      const validData = sub.validData.length > 0 ? sub.validData : message.validData;
      return decodeFieldData({ ...sub, validData, fieldName: subFieldName(message.fieldName, name) });
    });
  });
}
