import type { CollectionRecord } from '../catalog.ts';
import type { Column } from '../columns/column.ts';
import { hashPartitions } from './hash-partition.ts';

/** The rows of one partition, ascending. */
export interface PartitionRows {
  readonly id: number;
  readonly rows: Uint32Array;
}

/** Rows by the hash of their partition key, which `columns` (by field id) must have. Partitions without a row are left out. */
export function splitByPartition(
  collection: CollectionRecord,
  columns: ReadonlyMap<number, Column>,
): readonly PartitionRows[] {
  const field = collection.schema.fields.find((candidate) => candidate.isPartitionKey)!;
  const places = hashPartitions(columns.get(field.id)!, collection.partitions.length);
  const counts = new Uint32Array(collection.partitions.length);
  for (const place of places) counts[place]!++;
  const parts = Array.from(collection.partitions, ({ id }, place) => ({ id, rows: new Uint32Array(counts[place]!) }));
  const filled = new Uint32Array(parts.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    parts[place]!.rows[filled[place]!++] = row;
  }
  return parts.filter((part) => part.rows.length > 0);
}
