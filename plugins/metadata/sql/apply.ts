import { BraidError } from '../../../core/errors.ts';
import { METADATA_LIMITS } from '../limits.ts';
import type { CatalogChange } from '../metadata.ts';
import { changeAccess } from './change-access.ts';
import { dropAlias, putAlias } from './change-alias.ts';
import { dropCollection, putCollection } from './change-collection.ts';
import { dropDatabase, putDatabase } from './change-database.ts';
import { forgetJobs, putJob } from './change-job.ts';
import { dropResourceGroup, putResourceGroup } from './change-resource-group.ts';
import { assertTerm } from './cluster-state.ts';
import { encodeKey } from './columns.ts';
import { encodeCompactionJobDocument, encodeImportJobDocument } from './documents.ts';
import { forget } from './forget.ts';
import { publish } from './publish.ts';
import type { SqlFlavor } from './sql-flavor.ts';
import type { Sql, Transactions } from './transactions.ts';

/**
 * All changes or none. The operation id is looked up under the lock of the cluster's row, which a former try that is still alive would hold: what it finds
 * is final, so a try whose COMMIT was not answered is never applied twice. It is looked up before the term is checked, because what was committed in an
 * earlier term stays committed.
 */
export function apply(
  transactions: Transactions,
  flavor: SqlFlavor,
  operation: { readonly term: number; readonly id: string },
  changes: readonly CatalogChange[],
): Promise<number> {
  encodeKey(operation.id, 'operation id');
  return transactions.write(async (sql, cluster) => {
    const before = await findOperation(sql, operation.id);
    if (before !== undefined) return before;
    assertTerm(cluster.state, operation.term);
    const catalogVersion = cluster.state.catalogVersion + 1;
    for (const [index, change] of changes.entries()) await applyChange(sql, flavor, change, index, catalogVersion);
    await cluster.update({ catalogVersion });
    await recordOperation(sql, { id: operation.id, catalog_version: catalogVersion, term: operation.term });
    return catalogVersion;
  });
}

async function findOperation(sql: Sql, id: string): Promise<number | undefined> {
  const row = await sql
    .selectFrom('braid_operations')
    .select('catalog_version')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.catalog_version;
}

async function recordOperation(
  sql: Sql,
  row: { readonly id: string; readonly catalog_version: number; readonly term: number },
): Promise<void> {
  await sql.insertInto('braid_operations').values(row).execute();
  const { operationsKept, operationsPruneEvery } = METADATA_LIMITS;
  if (row.catalog_version % operationsPruneEvery !== 0) return;
  await sql
    .deleteFrom('braid_operations')
    .where('catalog_version', '<=', row.catalog_version - operationsKept)
    .execute();
}

/** A change that does not fit what is stored becomes a plain Error that names it; faults of the database pass through. */
async function applyChange(
  sql: Sql,
  flavor: SqlFlavor,
  change: CatalogChange,
  index: number,
  catalogVersion: number,
): Promise<void> {
  try {
    await dispatch(sql, change, catalogVersion);
  } catch (error) {
    const failure = flavor.classify(error);
    if (error instanceof BraidError || (failure && failure.category !== 'constraint')) throw error;
    const reason = failure?.message ?? (error instanceof Error ? error.message : String(error));
    throw new Error(`change ${index} (${change.kind}) cannot be applied: ${reason}`, { cause: error });
  }
}

function dispatch(sql: Sql, change: CatalogChange, catalogVersion: number): Promise<void> {
  switch (change.kind) {
    case 'putDatabase':
      return putDatabase(sql, change.database);
    case 'dropDatabase':
      return dropDatabase(sql, change.databaseId);
    case 'putCollection':
      return putCollection(sql, change.collection);
    case 'dropCollection':
      return dropCollection(sql, change.collectionId, change.atMs);
    case 'putAlias':
      return putAlias(sql, change.alias);
    case 'dropAlias':
      return dropAlias(sql, change.databaseId, change.name);
    case 'publish':
      return publish(sql, change);
    case 'putUser':
    case 'dropUser':
    case 'putRole':
    case 'dropRole':
    case 'putPrivilegeGroup':
    case 'dropPrivilegeGroup':
      return changeAccess(sql, change, catalogVersion);
    case 'putResourceGroup':
      return putResourceGroup(sql, change.group);
    case 'dropResourceGroup':
      return dropResourceGroup(sql, change.name);
    case 'putImportJob':
      return putJob(sql, 'braid_import_jobs', change.job.id, encodeImportJobDocument(change.job));
    case 'forgetImportJobs':
      return forgetJobs(sql, 'braid_import_jobs', change.ids);
    case 'putCompactionJob':
      return putJob(sql, 'braid_compaction_jobs', change.job.id, encodeCompactionJobDocument(change.job));
    case 'forgetCompactionJobs':
      return forgetJobs(sql, 'braid_compaction_jobs', change.ids);
    case 'forget':
      return forget(sql, change);
  }
}
