import { isDeepStrictEqual } from 'node:util';
import type { CollectionRecord, IndexRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { parseMetricType } from '../../../core/metric.ts';
import { changeProperties } from '../../../core/schema/change-properties.ts';
import { fieldById, fieldByName } from '../../../core/schema/collection-schema.ts';
import { isVector } from '../../../core/schema/data-type.ts';
import { type CommandContext, type CommandOutcome, isLoaded, replaceCollection, unchanged } from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

/** Indexes on paths of a JSON field are told apart by their path: a field may have several. */
const JSON_PATH = 'json_path';

export function createIndex(context: CommandContext, command: Command<'createIndex'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const field = fieldByName(collection.schema, command.field);
  if (!field) {
    throw new BraidError('parameterUnexpected', `cannot create index on non-exist field: ${command.field}`);
  }
  const { params } = command;
  const name = indexName(collection, field.id, command);
  const same = collection.indexes.find((index) => index.name === name);
  const result = { collectionId: collection.id, fieldId: field.id };
  if (same) {
    if (same.fieldId === field.id && isDeepStrictEqual(same.params, params)) {
      return unchanged({ ...result, indexId: same.id, indexName: name });
    }
    throw new BraidError('indexDuplicate', 'CreateIndex failed: at most one distinct index is allowed per field');
  }
  const others = collection.indexes.filter((index) => index.fieldId === field.id);
  const isOfPath = (index: Pick<IndexRecord, 'params'>) => index.params[JSON_PATH] === params[JSON_PATH];
  if (others.some((index) => params[JSON_PATH] === undefined || isOfPath(index))) {
    const message = 'CreateIndex failed: creating multiple indexes on same field is not supported';
    throw new BraidError('indexDuplicate', message);
  }
  const index: IndexRecord = {
    id: context.nextId(),
    name,
    fieldId: field.id,
    indexType: params['index_type'] ?? 'AUTOINDEX',
    params,
    ...(isVector(field.dataType) && { metricType: parseMetricType(params['metric_type'] ?? '') }),
  };
  const indexes = [...collection.indexes, index];
  return replaceCollection(context, { ...collection, indexes }, { ...result, indexId: index.id, indexName: name });
}

/** An index without a name is the one the field has, or gets the field's name. */
function indexName(collection: CollectionRecord, fieldId: number, command: Command<'createIndex'>): string {
  if (command.indexName !== '') return command.indexName;
  const existing = collection.indexes.filter((index) => index.fieldId === fieldId);
  const [only] = existing;
  return only && existing.length === 1 && command.params[JSON_PATH] === undefined ? only.name : command.field;
}

export function alterIndex(context: CommandContext, command: Command<'alterIndex'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const before = collection.indexes.find((index) => index.name === command.indexName);
  if (!before) throw new BraidError('indexNotFound', `index not found[indexName=${command.indexName}]`);
  if (isLoaded(collection)) {
    const message = `can't alter index on loaded collection, please release the collection first[collection=${collection.name}]`;
    throw new BraidError('collectionLoaded', message);
  }
  const params = changeProperties(before.params, command.set, command.unset);
  const result = { collectionId: collection.id, indexId: before.id };
  if (isDeepStrictEqual(params, before.params)) return unchanged(result);
  const indexes = collection.indexes.map((index) => (index === before ? { ...before, params } : index));
  return replaceCollection(context, { ...collection, indexes }, result);
}

export function dropIndex(context: CommandContext, command: Command<'dropIndex'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const dropped = collection.indexes.find((index) => index.name === command.indexName);
  if (!dropped) return unchanged({ collectionId: collection.id });
  const field = fieldById(collection.schema, dropped.fieldId);
  if (field && isVector(field.dataType) && isLoaded(collection)) {
    const message = `vector index cannot be dropped on loaded collection: ${collection.id}`;
    throw new BraidError('parameterUnexpected', message);
  }
  const indexes = collection.indexes.filter((index) => index !== dropped);
  return replaceCollection(context, { ...collection, indexes }, { collectionId: collection.id, indexId: dropped.id });
}
