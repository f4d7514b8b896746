import type { Cluster } from '../cluster/cluster.ts';
import { alterRole } from './access/alter-role.ts';
import { backupAccess } from './access/backup-access.ts';
import { changePrivilege } from './access/change-privilege.ts';
import { changePrivilegeGroup } from './access/change-privilege-group.ts';
import { changeUserRole } from './access/change-user-role.ts';
import { createPrivilegeGroup } from './access/create-privilege-group.ts';
import { createRole } from './access/create-role.ts';
import { createUser } from './access/create-user.ts';
import { dropPrivilegeGroup } from './access/drop-privilege-group.ts';
import { dropRole } from './access/drop-role.ts';
import { dropUser } from './access/drop-user.ts';
import { listGrants } from './access/list-grants.ts';
import { listPrivilegeGroups } from './access/list-privilege-groups.ts';
import { listRoles } from './access/list-roles.ts';
import { listUsers } from './access/list-users.ts';
import { restoreAccess } from './access/restore-access.ts';
import { updatePassword } from './access/update-password.ts';
import { alterAlias } from './aliases/alter-alias.ts';
import { createAlias } from './aliases/create-alias.ts';
import { describeAlias } from './aliases/describe-alias.ts';
import { dropAlias } from './aliases/drop-alias.ts';
import { listAliases } from './aliases/list-aliases.ts';
import { addField } from './collections/add-field.ts';
import { addFunction } from './collections/add-function.ts';
import { addStruct } from './collections/add-struct.ts';
import { alterCollection } from './collections/alter-collection.ts';
import { alterField } from './collections/alter-field.ts';
import { alterFunction } from './collections/alter-function.ts';
import { collectionStatistics } from './collections/collection-statistics.ts';
import { createCollection } from './collections/create-collection.ts';
import { describeCollection } from './collections/describe-collection.ts';
import { dropCollection } from './collections/drop-collection.ts';
import { dropField } from './collections/drop-field.ts';
import { dropFunction } from './collections/drop-function.ts';
import { hasCollection } from './collections/has-collection.ts';
import { listCollections } from './collections/list-collections.ts';
import { renameCollection } from './collections/rename-collection.ts';
import { truncateCollection } from './collections/truncate-collection.ts';
import { countingVectors, countSearched, countWritten } from './count-vectors.ts';
import { alterDatabase } from './databases/alter-database.ts';
import { createDatabase } from './databases/create-database.ts';
import { describeDatabase } from './databases/describe-database.ts';
import { dropDatabase } from './databases/drop-database.ts';
import { listDatabases } from './databases/list-databases.ts';
import { createResourceGroup } from './groups/create-resource-group.ts';
import { dropResourceGroup } from './groups/drop-resource-group.ts';
import { resourceGroup } from './groups/resource-group.ts';
import { resourceGroups } from './groups/resource-groups.ts';
import { transferNodes } from './groups/transfer-nodes.ts';
import { transferReplicas } from './groups/transfer-replicas.ts';
import { updateResourceGroups } from './groups/update-resource-groups.ts';
import { importFiles } from './imports/import-files.ts';
import { importJob, importJobs } from './imports/import-jobs.ts';
import { alterIndex } from './indexes/alter-index.ts';
import { createIndex } from './indexes/create-index.ts';
import { describeIndex } from './indexes/describe-index.ts';
import { dropIndex } from './indexes/drop-index.ts';
import { load } from './loading/load.ts';
import { loadState } from './loading/load-state.ts';
import { loadingProgress } from './loading/loading-progress.ts';
import { release } from './loading/release.ts';
import { compact } from './maintenance/compact.ts';
import { compactionState } from './maintenance/compaction-state.ts';
import { flush } from './maintenance/flush.ts';
import { flushAll } from './maintenance/flush-all.ts';
import { flushAllState } from './maintenance/flush-all-state.ts';
import { flushState } from './maintenance/flush-state.ts';
import { segments } from './maintenance/segments.ts';
import { deleteRows } from './mutations/delete-rows.ts';
import { insert } from './mutations/insert.ts';
import { upsert } from './mutations/upsert.ts';
import { createPartition } from './partitions/create-partition.ts';
import { dropPartition } from './partitions/drop-partition.ts';
import { hasPartition } from './partitions/has-partition.ts';
import { listPartitions } from './partitions/list-partitions.ts';
import { partitionStatistics } from './partitions/partition-statistics.ts';
import { highlightedHybridSearch, highlightedSearch } from './reads/highlight/highlighted-search.ts';
import { query } from './reads/query.ts';
import { withReadableColumns } from './reads/readable-columns.ts';
import type { RequestContext } from './request-context.ts';
import { allocTimestamp } from './status/alloc-timestamp.ts';
import { health } from './status/health.ts';
import { replicas } from './status/replicas.ts';
import { version } from './status/version.ts';
import { phraseMatchSlops } from './texts/phrase-match-slops.ts';
import { runAnalyzer } from './texts/run-analyzer.ts';

/**
 * Everything the router can do, one function each, for gRPC and REST alike. Inputs and outputs are plain values, not messages.
 * Every operation throws `BraidError` with Milvus' code and words; it keeps the context's deadline and stops when its signal aborts.
 */
const OPERATIONS = {
  alterDatabase,
  createDatabase,
  describeDatabase,
  dropDatabase,
  listDatabases,

  addField,
  addFunction,
  addStruct,
  alterCollection,
  alterField,
  alterFunction,
  collectionStatistics,
  createCollection,
  describeCollection,
  dropCollection,
  dropField,
  dropFunction,
  hasCollection,
  listCollections,
  renameCollection,
  truncateCollection,

  createPartition,
  dropPartition,
  hasPartition,
  listPartitions,
  partitionStatistics,

  alterAlias,
  createAlias,
  describeAlias,
  dropAlias,
  listAliases,

  alterIndex,
  createIndex,
  describeIndex,
  dropIndex,

  loadState,
  load,
  loadingProgress,
  release,

  deleteRows: countingVectors('delete', deleteRows, countWritten),
  insert: countingVectors('insert', insert, countWritten),
  upsert: countingVectors('upsert', upsert, countWritten),

  hybridSearch: countingVectors(
    'search',
    withReadableColumns(highlightedHybridSearch, ({ requests }) => requests[0]),
    (output, { requests }) => countSearched(output, requests.length),
  ),
  query: withReadableColumns(query, (input) => input),
  search: countingVectors(
    'search',
    withReadableColumns(highlightedSearch, (input) => input),
    (output) => countSearched(output),
  ),

  phraseMatchSlops,
  runAnalyzer,

  importFiles,
  importJob,
  importJobs,

  compact,
  compactionState,
  flushAllState,
  flushAll,
  flushState,
  flush,
  segments,

  alterRole,
  backupAccess,
  changePrivilege,
  changePrivilegeGroup,
  changeUserRole,
  createPrivilegeGroup,
  createRole,
  createUser,
  dropPrivilegeGroup,
  dropRole,
  dropUser,
  listGrants,
  listPrivilegeGroups,
  listRoles,
  listUsers,
  restoreAccess,
  updatePassword,

  createResourceGroup,
  dropResourceGroup,
  resourceGroup,
  resourceGroups,
  transferNodes,
  transferReplicas,
  updateResourceGroups,

  allocTimestamp,
  health,
  replicas,
  version,
} as const;

type Bound<Operation> = Operation extends (cluster: Cluster, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** `operations.search(context, input)`: the name, input and output of each are those of the function of its name. */
export type Operations = { readonly [Name in keyof typeof OPERATIONS]: Bound<(typeof OPERATIONS)[Name]> };

/** Gives all operations the cluster they work on. */
export function createOperations(cluster: Cluster): Operations {
  type Unbound = (cluster: Cluster, context: RequestContext, input?: unknown) => unknown;
  const bound = Object.entries(OPERATIONS).map(([name, operation]) => [
    name,
    (context: RequestContext, input: unknown) => (operation as Unbound)(cluster, context, input),
  ]);
  return Object.fromEntries(bound);
}
