import type { CatalogChange } from '../metadata.ts';
import { inBatches } from './batches.ts';
import type { Sql } from './transactions.ts';

/** Deletes the records of retired objects; one that is unknown or not retired is a bug of the caller, who may be about to delete live files. */
export async function forget(sql: Sql, change: Extract<CatalogChange, { kind: 'forget' }>): Promise<void> {
  await forgetIn(sql, 'braid_segments', change.segmentIds);
  await forgetIn(sql, 'braid_delete_files', change.deleteFileIds);
}

async function forgetIn(
  sql: Sql,
  table: 'braid_segments' | 'braid_delete_files',
  allIds: readonly number[],
): Promise<void> {
  for (const ids of inBatches([...new Set(allIds)])) {
    const { numDeletedRows } = await sql
      .deleteFrom(table)
      .where('retired_version', 'is not', null)
      .where('id', 'in', ids)
      .executeTakeFirstOrThrow();
    if (numDeletedRows !== BigInt(ids.length)) {
      throw new Error(`${ids.length - Number(numDeletedRows)} of the ids ${ids.join(', ')} to forget are not retired`);
    }
  }
}
