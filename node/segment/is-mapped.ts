import type { IndexRecord } from '../../core/catalog.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';

const MMAP_ENABLED = 'mmap.enabled';

/**
 * Whether the vectors of sealed segments are mapped from their files, so that the system keeps of them what is used, or loaded into memory whole. `mmap.enabled` of the
 * index decides, else that of the field, else that of the collection; where none says anything they are mapped. DISKANN is mapped always: it is for what
 * memory does not hold.
 */
export function isMapped(
  field: FieldSchema,
  index: IndexRecord | undefined,
  properties: Readonly<Record<string, string>>,
): boolean {
  if (index?.indexType.toUpperCase() === 'DISKANN') return true;
  const said = index?.params[MMAP_ENABLED] ?? field.typeParams[MMAP_ENABLED] ?? properties[MMAP_ENABLED];
  return said?.toLowerCase() !== 'false';
}
