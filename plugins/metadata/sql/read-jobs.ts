import type { CompactionJobRecord } from '../../../core/compaction-job.ts';
import type { ImportJobRecord } from '../../../core/import-job.ts';
import type { JobTable } from './change-job.ts';
import { decodeInteger } from './columns.ts';
import { decodeCompactionJobDocument, decodeImportJobDocument } from './documents.ts';
import type { Transactions } from './transactions.ts';

export async function readImportJobs(transactions: Transactions): Promise<readonly ImportJobRecord[]> {
  const jobs = await readJobs(transactions, 'braid_import_jobs');
  return jobs.map(({ id, document }) => ({ id, ...decodeImportJobDocument(document, id) }));
}

export async function readCompactionJobs(transactions: Transactions): Promise<readonly CompactionJobRecord[]> {
  const jobs = await readJobs(transactions, 'braid_compaction_jobs');
  return jobs.map(({ id, document }) => ({ id, ...decodeCompactionJobDocument(document, id) }));
}

async function readJobs(transactions: Transactions, table: JobTable) {
  const rows = await transactions.read((sql) => sql.selectFrom(table).selectAll().orderBy('id').execute());
  return rows.map(({ id, document }) => ({ id: decodeInteger(id, `${table}.id`), document }));
}
