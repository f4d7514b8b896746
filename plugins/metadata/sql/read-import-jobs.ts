import type { ImportJobRecord } from '../../../core/import-job.ts';
import { decodeInteger } from './columns.ts';
import { decodeImportJobDocument } from './documents.ts';
import type { Transactions } from './transactions.ts';

export async function readImportJobs(transactions: Transactions): Promise<readonly ImportJobRecord[]> {
  const rows = await transactions.read((sql) =>
    sql.selectFrom('braid_import_jobs').selectAll().orderBy('id').execute(),
  );
  return rows.map((row) => {
    const id = decodeInteger(row.id, 'braid_import_jobs.id');
    return { id, ...decodeImportJobDocument(row.document, id) };
  });
}
