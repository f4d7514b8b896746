import { BraidError } from '../errors.ts';
import { fieldsRead } from '../rows/function-outputs.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  isHidden,
  structOfField,
  vectorFields,
} from './collection-schema.ts';

/**
 * Drops a field, or a struct with its sub-fields, by name. Throws in Milvus' words for what a collection cannot do without: keys, the last vector, what a function reads or computes.
 */
export function dropField(schema: CollectionSchema, name: string): CollectionSchema {
  const version = schema.version + 1;
  const struct = schema.structs.find((candidate) => candidate.name === name);
  if (struct) {
    const structs = schema.structs.filter((candidate) => candidate !== struct);
    const left = withoutFields({ ...schema, version }, [struct.id, ...struct.fieldIds]);
    return { ...left, structs };
  }
  const field = schema.fields.find((candidate) => candidate.name === name && !isHidden(candidate));
  if (!field) throw new BraidError('fieldNotFound', `field not found[field=${name}][collection=${schema.name}]`);
  if (structOfField(schema, field.id)) throw invalid(`cannot drop a sub-field of a struct alone: ${name}`);
  if (field.isPrimaryKey || field.isPartitionKey || field.isClusteringKey)
    throw invalid(`cannot drop field ${name}: it is a key of the collection`);
  const user = schema.functions.find((definition) => !isHidden(definition) && usesField(schema, definition, field));
  if (user) throw invalid(`cannot drop field ${name}: function ${user.name} uses it, drop the function first`);
  // The hidden terms of a text go with it.
  const hidden = schema.functions.filter((definition) => definition.inputFieldIds.includes(field.id));
  const functions = schema.functions.filter((definition) => !hidden.includes(definition));
  const gone = [field.id, ...hidden.flatMap((definition) => definition.outputFieldIds)];
  return withoutFields({ ...schema, functions, version }, gone);
}

/** The schema without these fields, whose ids are given to no other. Throws if no vector would be left. */
export function withoutFields(schema: CollectionSchema, ids: readonly number[]): CollectionSchema {
  const { droppedFieldIdMax = 0 } = schema;
  const fields = schema.fields.filter((field) => !ids.includes(field.id));
  const left = { ...schema, fields, droppedFieldIdMax: Math.max(droppedFieldIdMax, ...ids) };
  if (vectorFields(left).length === 0)
    throw invalid('schema does not contain vector field: the last one cannot be dropped');
  return left;
}

function usesField(schema: CollectionSchema, definition: FunctionSchema, field: FieldSchema): boolean {
  return definition.outputFieldIds.includes(field.id) || fieldsRead(schema, definition).includes(field);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
