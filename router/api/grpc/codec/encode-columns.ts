import { splitSubFieldName } from '../../../../core/schema/collection-schema.ts';
import { type FieldData, StructArrayField } from '../../../../proto/generated/milvus/field_data.ts';
import { DataType as WireType } from '../../../../proto/generated/milvus/schema.ts';
import type { NamedColumn } from '../../../operations/named-column.ts';
import { encodeFieldData, validityOf } from './encode-field-data.ts';

/** The columns of an answer, in their order; sub-fields of an array of structs come together, under plain names, where the first of them stands. */
export function encodeColumns(columns: readonly NamedColumn[]): FieldData[] {
  const structs = new Map<string, StructArrayField>();
  const messages: FieldData[] = [];
  for (const column of columns) {
    const sub = splitSubFieldName(column.name);
    if (!sub) {
      messages.push(encodeFieldData(column));
      continue;
    }
    let struct = structs.get(sub.structName);
    if (!struct) {
      struct = StructArrayField.create();
      structs.set(sub.structName, struct);
      messages.push(structMessage(sub.structName, struct, validityOf(column.column)));
    }
    // Of full length, without nulls of their own: pymilvus finds elements by the number of the row.
    struct.fields.push(encodeFieldData({ ...column, column: { ...column.column, valid: undefined }, name: sub.name }));
  }
  return messages;
}

function structMessage(fieldName: string, struct: StructArrayField, validData: boolean[]): FieldData {
  return {
    type: WireType.ArrayOfStruct,
    fieldName,
    field: { $case: 'structArrays', value: struct },
    fieldId: 0n,
    isDynamic: false,
    validData,
  };
}
