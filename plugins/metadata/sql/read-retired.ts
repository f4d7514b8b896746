import type { RetiredObjects } from '../metadata.ts';
import { rowToDeleteFile } from './delete-file-row.ts';
import { rowToSegment } from './segment-row.ts';
import type { DeleteFileRow, SegmentRow } from './tables.ts';
import type { Transactions } from './transactions.ts';

/** The `limit` holds for both kinds together: the oldest of all, so that neither starves the other. */
export async function readRetired(transactions: Transactions, limit: number): Promise<RetiredObjects> {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new Error(`cannot read ${limit} retired objects, expected 1 or more`);
  const { segments, deleteFiles } = await transactions.read(async (sql) => ({
    segments: await sql
      .selectFrom('braid_segments')
      .selectAll()
      .where('retired_at_ms', 'is not', null)
      .orderBy('retired_at_ms')
      .orderBy('id')
      .limit(limit)
      .execute(),
    deleteFiles: await sql
      .selectFrom('braid_delete_files')
      .selectAll()
      .where('retired_at_ms', 'is not', null)
      .orderBy('retired_at_ms')
      .orderBy('id')
      .limit(limit)
      .execute(),
  }));
  const oldest = new Set([...segments, ...deleteFiles].sort(byAge).slice(0, limit));
  return {
    segments: segments.filter((row) => oldest.has(row)).map(rowToSegment),
    deleteFiles: deleteFiles.filter((row) => oldest.has(row)).map(rowToDeleteFile),
  };
}

function byAge(a: SegmentRow | DeleteFileRow, b: SegmentRow | DeleteFileRow): number {
  return (a.retired_at_ms ?? 0) - (b.retired_at_ms ?? 0) || a.id - b.id;
}
