import type { ImportJobRecord } from '../../../core/import-job.ts';
import { inBatches } from './batches.ts';
import { encodeInteger } from './columns.ts';
import { encodeImportJobDocument } from './documents.ts';
import type { Sql } from './transactions.ts';

export async function putImportJob(sql: Sql, job: ImportJobRecord): Promise<void> {
  const id = encodeInteger(job.id, 'import job id');
  const document = encodeImportJobDocument(job);
  const { numUpdatedRows } = await sql
    .updateTable('braid_import_jobs')
    .set({ document })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) await sql.insertInto('braid_import_jobs').values({ id, document }).execute();
}

export async function forgetImportJobs(sql: Sql, allIds: readonly number[]): Promise<void> {
  for (const ids of inBatches([...new Set(allIds)])) {
    await sql.deleteFrom('braid_import_jobs').where('id', 'in', ids).execute();
  }
}
