import { isDeepStrictEqual } from 'node:util';
import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { parseMetricType } from '../../../core/metric.ts';
import * as functions from '../../../core/schema/change-functions.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  fieldByName,
  isHidden,
  nextFieldId,
  vectorFields,
} from '../../../core/schema/collection-schema.ts';
import { isVector } from '../../../core/schema/data-type.ts';
import { dropField as withoutField } from '../../../core/schema/drop-field.ts';
import { timeToLiveField } from '../../../core/schema/expiry.ts';
import { validateStruct } from '../../../core/schema/validate-struct.ts';
import {
  type CommandContext,
  type CommandOutcome,
  isLoaded,
  MMAP_ENABLED,
  mmapOfLoaded,
  replaceCollection,
  unchanged,
} from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

export function alterField(context: CommandContext, command: Command<'alterField'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const { field } = command;
  const before = collection.schema.fields.find((candidate) => candidate.name === field.name);
  if (!before) {
    throw new BraidError('fieldNotFound', `field not found[field=${field.name}][collection=${collection.name}]`);
  }
  const altered = { ...field, id: before.id };
  if (isDeepStrictEqual(altered, before)) return unchanged({ collectionId: collection.id });
  const changesMmap = before.typeParams[MMAP_ENABLED] !== field.typeParams[MMAP_ENABLED];
  if (changesMmap && isLoaded(collection)) throw mmapOfLoaded(collection);
  const fields = collection.schema.fields.map((candidate) => (candidate === before ? altered : candidate));
  return replaceFields(context, collection, fields);
}

export function addField(context: CommandContext, command: Command<'addField'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const { schema } = collection;
  const { field } = command;
  refuseTakenName(collection, field.name);
  refuseMoreVectors(schema, [field]);
  if (!field.nullable) {
    const message = `added field must be nullable, please check it, field name = ${field.name}`;
    throw new BraidError('parameterInvalid', message);
  }
  // The id is given here: two fields that are added at the same time must not get the same one.
  const id = nextFieldId(schema);
  const fields = functions.withField(schema.fields, { ...field, id });
  const outcome = replaceFields(context, collection, fields);
  return { ...outcome, result: { collectionId: collection.id, fieldId: id } };
}

export function addStruct(context: CommandContext, command: Command<'addStruct'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const { schema } = collection;
  const { struct, fields: added } = validateStruct(command.struct, nextFieldId(schema));
  refuseTakenName(collection, struct.name, added.length);
  refuseMoreVectors(schema, added);
  const fields = added.reduce(functions.withField, schema.fields);
  const structs = [...schema.structs, struct];
  return replaceSchema(context, collection, { ...schema, fields, structs, version: schema.version + 1 });
}

export function addFunction(context: CommandContext, command: Command<'addFunction'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const { definition, field, index } = command;
  if (field) {
    refuseTakenName(collection, field.name);
    refuseMoreVectors(collection.schema, [field]);
  } else for (const name of definition.outputFieldNames) refuseIndexed(collection, name);
  const schema = functions.addFunction(collection.schema, definition, field);
  const output = schema.functions.at(-1)!.outputFieldIds[0]!;
  const added = index && {
    id: context.nextId(),
    name: index.name,
    fieldId: output,
    indexType: index.params['index_type'] ?? 'AUTOINDEX',
    params: index.params,
    metricType: parseMetricType(index.params['metric_type'] ?? ''),
  };
  if (added && collection.indexes.some(({ name }) => name === added.name)) {
    throw new BraidError('indexDuplicate', `an index of the name ${added.name} is there already`);
  }
  const indexes = added ? [...collection.indexes, added] : collection.indexes;
  const result = { collectionId: collection.id, fieldId: output };
  return replaceCollection(context, { ...collection, schema, indexes }, result);
}

export function alterFunction(context: CommandContext, command: Command<'alterFunction'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const schema = functions.alterFunction(collection.schema, command.name, command.definition);
  return replaceCollection(context, { ...collection, schema });
}

export function dropFunction(context: CommandContext, command: Command<'dropFunction'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const { name, dropOutput } = command;
  const before = collection.schema.functions.find((definition) => definition.name === name);
  if (!before) return unchanged({ collectionId: collection.id });
  const output = collection.schema.fields.find((field) => before.outputFieldIds.includes(field.id));
  if (output && !dropOutput) refuseIndexed(collection, output.name);
  return replaceSchema(context, collection, functions.dropFunction(collection.schema, name, dropOutput));
}

export function dropField(context: CommandContext, command: Command<'dropField'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  if (timeToLiveField(collection)?.name === command.field) {
    const message = `cannot drop field ${command.field}: it is the ttl_field of the collection, drop the property first`;
    throw new BraidError('parameterInvalid', message);
  }
  return replaceSchema(context, collection, withoutField(collection.schema, command.field));
}

/** Names are those of fields and structs; and there may not be too many of them. */
function refuseTakenName({ name: collection, schema }: CollectionRecord, name: string, fieldCount = 1): void {
  const { fields, structs } = schema;
  if ([...fields, ...structs].some((candidate) => candidate.name === name)) {
    throw new BraidError('parameterInvalid', `duplicated field name ${name} in collection ${collection}`);
  }
  if (fields.filter((candidate) => !isHidden(candidate)).length + fieldCount <= LIMITS.fieldsMax) return;
  const message = `the number of fields has reached the maximum value ${LIMITS.fieldsMax}`;
  throw new BraidError('parameterInvalid', message);
}

function refuseMoreVectors(schema: CollectionSchema, added: readonly FieldSchema[]): void {
  const count = added.filter((field) => isVector(field.dataType)).length;
  if (count === 0 || vectorFields(schema).length + count <= LIMITS.vectorFieldsMax) return;
  const message = `maximum vector field's number should be limited to ${LIMITS.vectorFieldsMax}`;
  throw new BraidError('parameterInvalid', message);
}

/** The metric of an index fits either what clients send or what a function makes. */
function refuseIndexed({ schema, indexes }: CollectionRecord, name: string): void {
  const field = fieldByName(schema, name);
  const index = indexes.find(({ fieldId }) => fieldId === field?.id);
  if (!index) return;
  const message = `field ${name} has the index ${index.name} of metric type ${index.metricType}: drop the index first`;
  throw new BraidError('parameterInvalid', message);
}

function replaceFields(
  context: CommandContext,
  collection: CollectionRecord,
  fields: CollectionSchema['fields'],
): CommandOutcome {
  const { schema } = collection;
  return replaceSchema(context, collection, { ...schema, fields, version: schema.version + 1 });
}

/** Indexes of fields that are there no more go with them. */
function replaceSchema(
  context: CommandContext,
  collection: CollectionRecord,
  schema: CollectionSchema,
): CommandOutcome {
  const ids = new Set(schema.fields.map(({ id }) => id));
  const indexes = collection.indexes.filter(({ fieldId }) => ids.has(fieldId));
  const isSame = indexes.length === collection.indexes.length;
  return replaceCollection(context, { ...collection, schema, indexes: isSame ? collection.indexes : indexes });
}
