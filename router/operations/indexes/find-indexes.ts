import type { CollectionRecord, IndexRecord } from '../../../core/catalog.ts';
import { fieldByName } from '../../../core/schema/collection-schema.ts';

/** Indexes by name, or of a field, or (both empty) all; a name goes before a field. */
export function findIndexes(
  collection: CollectionRecord,
  wanted: { readonly indexName: string; readonly field: string },
): readonly IndexRecord[] {
  if (wanted.indexName !== '') return collection.indexes.filter((index) => index.name === wanted.indexName);
  if (wanted.field === '') return collection.indexes;
  const fieldId = fieldByName(collection.schema, wanted.field)?.id;
  return collection.indexes.filter((index) => index.fieldId === fieldId);
}
