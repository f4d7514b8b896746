import { inBatches } from './batches.ts';
import { encodeInteger } from './columns.ts';
import type { Sql } from './transactions.ts';

/** Tables of jobs: an id and a document. */
export type JobTable = 'braid_import_jobs' | 'braid_compaction_jobs';

export async function putJob(sql: Sql, table: JobTable, jobId: number, document: string): Promise<void> {
  const id = encodeInteger(jobId, 'job id');
  const { numUpdatedRows } = await sql
    .updateTable(table)
    .set({ document })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) await sql.insertInto(table).values({ id, document }).execute();
}

export async function forgetJobs(sql: Sql, table: JobTable, allIds: readonly number[]): Promise<void> {
  for (const ids of inBatches([...new Set(allIds)])) {
    await sql.deleteFrom(table).where('id', 'in', ids).execute();
  }
}
