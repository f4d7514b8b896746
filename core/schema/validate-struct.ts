import { BraidError } from '../errors.ts';
import { type FieldSchema, type StructSchema, subFieldName } from './collection-schema.ts';
import { DataType, dataTypeName } from './data-type.ts';
import type { FieldDraft, StructDraft } from './validate-collection-schema.ts';
import { completedField } from './validate-field.ts';
import { validateName } from './validate-name.ts';

/** An array of structs, checked, and its sub-fields as fields of the collection: named `struct[sub]`, with ids behind the struct's own. */
export interface ValidatedStruct {
  readonly struct: StructSchema;
  readonly fields: readonly FieldSchema[];
}

/** Throws in Milvus' words (internal/proxy/util.go, ValidateStructArrayField). */
export function validateStruct(draft: StructDraft, id: number): ValidatedStruct {
  validateName('field', draft.name);
  if (draft.fields.length === 0) throw invalid(`struct array field ${draft.name} has no sub-fields`);
  const names = new Set<string>();
  const fields = draft.fields.map((sub, i) => {
    validateName('field', sub.name);
    if (names.has(sub.name))
      throw invalid(`duplicated field name ${sub.name} found in struct array field ${draft.name}`);
    names.add(sub.name);
    validateSubField(sub, draft.nullable);
    const typeParams = { ...capacityOf(draft), ...sub.typeParams };
    const name = subFieldName(draft.name, sub.name);
    return completedField({ ...sub, name, typeParams, nullable: draft.nullable }, id + 1 + i);
  });
  const struct = {
    id,
    name: draft.name,
    description: draft.description,
    maxCapacity: Math.min(...fields.map((field) => field.maxCapacity!)),
    fieldIds: fields.map((field) => field.id),
    ...(draft.nullable && { nullable: true }),
    typeParams: draft.typeParams,
  };
  return { struct, fields };
}

/** The struct's `max_capacity` holds for sub-fields that name none. */
function capacityOf({ typeParams }: StructDraft): Record<string, string> {
  const text = typeParams['max_capacity'];
  return text === undefined ? {} : { max_capacity: text };
}

function validateSubField(sub: FieldDraft, mayBeNull: boolean): void {
  const { name, dataType, elementType = DataType.None } = sub;
  if (dataType !== DataType.Array && dataType !== DataType.ArrayOfVector) {
    throw invalid(
      `Fields in StructArrayField can only be array or array of vector, but field ${name} is ${dataTypeName(dataType)}`,
    );
  }
  if (elementType === DataType.Array || elementType === DataType.ArrayOfVector)
    throw invalid(`Nested array is not supported, field name = ${name}`);
  if (sub.nullable && !mayBeNull)
    throw invalid(`nullable is not supported for fields in struct array now, fieldName = ${name}`);
  if (sub.defaultValue !== undefined)
    throw invalid(`default value is not supported for fields in struct array, fieldName = ${name}`);
  if (sub.isPrimaryKey || sub.isPartitionKey || sub.isClusteringKey)
    throw invalid(`a field in struct array must not be a key, fieldName = ${name}`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterUnexpected', message);
}
