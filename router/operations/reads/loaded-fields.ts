import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Filter } from '../../../core/filter/filter.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';

/** Whether reads may use a field: a load may have chosen some. */
export function isFieldLoaded(collection: CollectionRecord, fieldId: number): boolean {
  return collection.loadedFieldIds?.includes(fieldId) ?? true;
}

/** Throws for what a read uses beyond the fields that were loaded. */
export function refuseUnloadedFields(
  collection: CollectionRecord,
  used: { readonly fields: readonly FieldSchema[]; readonly filter: Filter | undefined },
): void {
  if (!collection.loadedFieldIds) return;
  const ids = [...used.fields.map((field) => field.id), ...(used.filter?.fieldIds ?? [])];
  const missing = ids.find((id) => !isFieldLoaded(collection, id));
  if (missing === undefined) return;
  const name = collection.schema.fields.find((field) => field.id === missing)?.name ?? missing;
  throw new BraidError('parameterUnexpected', `field ${name} is not loaded`);
}
