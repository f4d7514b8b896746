import type { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';

/**
 * What a call needs beside a known caller. The privileges are those that Milvus' messages name (milvus.proto, privilege_ext_obj); what it leaves open to everybody, such as segments and
 * import jobs, needs the nearest one here.
 */
export type CallRight =
  /** Nothing; operations leave out what the caller may not see. */
  | { readonly kind: 'nothing' }
  /** The privilege on each collection that the request names, by name, alias or id; on all of them where it names none. */
  | { readonly kind: 'collections'; readonly privilege: string }
  /** On anything of the database. */
  | { readonly kind: 'anywhere'; readonly privilege: string }
  /** On everything of the database, and of the one that the request moves something to. */
  | { readonly kind: 'database'; readonly privilege: string }
  /** On users, unless it is about the caller. */
  | { readonly kind: 'user'; readonly privilege: string }
  /** As `database`, unless it is about a role of the caller. */
  | { readonly kind: 'role'; readonly privilege: string }
  /** The role admin. */
  | { readonly kind: 'admin' };

type Rpc = keyof typeof MilvusServiceService;

const NOTHING: CallRight = { kind: 'nothing' };
const ADMIN: CallRight = { kind: 'admin' };
const onCollections = (privilege: string): CallRight => ({ kind: 'collections', privilege });
const anywhere = (privilege: string): CallRight => ({ kind: 'anywhere', privilege });
const onDatabase = (privilege: string): CallRight => ({ kind: 'database', privilege });

/** Every call of the service: one that is not here does not compile. Those that the server does not support are the admin's. */
export const CALL_RIGHTS: Readonly<Record<Rpc, CallRight>> = {
  connect: NOTHING,
  getVersion: NOTHING,
  checkHealth: NOTHING,
  allocTimestamp: NOTHING,
  getComponentStates: NOTHING,
  getMetrics: NOTHING,

  createDatabase: onDatabase('CreateDatabase'),
  dropDatabase: onDatabase('DropDatabase'),
  listDatabases: NOTHING,
  describeDatabase: onDatabase('DescribeDatabase'),
  alterDatabase: onDatabase('AlterDatabase'),

  createCollection: onDatabase('CreateCollection'),
  dropCollection: onDatabase('DropCollection'),
  hasCollection: NOTHING,
  describeCollection: NOTHING,
  batchDescribeCollection: NOTHING,
  showCollections: NOTHING,
  getCollectionStatistics: onCollections('GetStatistics'),
  renameCollection: onDatabase('RenameCollection'),
  alterCollection: onDatabase('CreateCollection'),
  alterCollectionField: onDatabase('CreateCollection'),
  alterCollectionSchema: onDatabase('CreateCollection'),
  addCollectionField: onCollections('AddCollectionField'),
  addCollectionStructField: onCollections('AddCollectionField'),
  addCollectionFunction: onDatabase('CreateCollection'),
  alterCollectionFunction: onDatabase('CreateCollection'),
  dropCollectionFunction: onDatabase('CreateCollection'),
  truncateCollection: onDatabase('DropCollection'),

  createPartition: onCollections('CreatePartition'),
  dropPartition: onCollections('DropPartition'),
  hasPartition: onCollections('HasPartition'),
  showPartitions: onCollections('ShowPartitions'),
  getPartitionStatistics: onCollections('GetStatistics'),

  createAlias: onCollections('CreateAlias'),
  dropAlias: onCollections('DropAlias'),
  alterAlias: onCollections('CreateAlias'),
  describeAlias: onCollections('DescribeAlias'),
  listAliases: NOTHING,

  loadCollection: onCollections('Load'),
  loadPartitions: onCollections('Load'),
  releaseCollection: onCollections('Release'),
  releasePartitions: onCollections('Release'),
  getLoadingProgress: onCollections('GetLoadState'),
  getLoadState: onCollections('GetLoadState'),

  createIndex: onCollections('CreateIndex'),
  alterIndex: onCollections('CreateIndex'),
  dropIndex: onCollections('DropIndex'),
  describeIndex: onCollections('IndexDetail'),
  getIndexStatistics: onCollections('IndexDetail'),
  getIndexState: onCollections('IndexDetail'),
  getIndexBuildProgress: onCollections('IndexDetail'),

  insert: onCollections('Insert'),
  upsert: onCollections('Upsert'),
  delete: onCollections('Delete'),
  search: onCollections('Search'),
  hybridSearch: onCollections('Search'),
  query: onCollections('Query'),
  runAnalyzer: NOTHING,
  computePhraseMatchSlop: NOTHING,

  flush: onCollections('Flush'),
  getFlushState: onCollections('GetFlushState'),
  flushAll: onDatabase('FlushAll'),
  getFlushAllState: NOTHING,
  getPersistentSegmentInfo: onCollections('GetStatistics'),
  getQuerySegmentInfo: onCollections('GetStatistics'),
  getReplicas: onCollections('GetLoadState'),
  loadBalance: onCollections('LoadBalance'),
  manualCompaction: onCollections('Compaction'),
  getCompactionState: anywhere('Compaction'),
  getCompactionStateWithPlans: anywhere('Compaction'),

  createCredential: onDatabase('CreateOwnership'),
  updateCredential: { kind: 'user', privilege: 'UpdateUser' },
  deleteCredential: onDatabase('DropOwnership'),
  listCredUsers: onDatabase('SelectOwnership'),
  createRole: onDatabase('CreateOwnership'),
  alterRole: onDatabase('CreateOwnership'),
  dropRole: onDatabase('DropOwnership'),
  operateUserRole: onDatabase('ManageOwnership'),
  selectRole: onDatabase('SelectOwnership'),
  selectUser: { kind: 'user', privilege: 'SelectUser' },
  operatePrivilege: onDatabase('ManageOwnership'),
  operatePrivilegeV2: onDatabase('ManageOwnership'),
  selectGrant: { kind: 'role', privilege: 'SelectOwnership' },
  createPrivilegeGroup: onDatabase('CreatePrivilegeGroup'),
  dropPrivilegeGroup: onDatabase('DropPrivilegeGroup'),
  listPrivilegeGroups: onDatabase('ListPrivilegeGroups'),
  operatePrivilegeGroup: onDatabase('OperatePrivilegeGroup'),
  backupRbac: onDatabase('BackupRBAC'),
  restoreRbac: onDatabase('RestoreRBAC'),

  createResourceGroup: onDatabase('CreateResourceGroup'),
  updateResourceGroups: onDatabase('UpdateResourceGroups'),
  dropResourceGroup: onDatabase('DropResourceGroup'),
  listResourceGroups: onDatabase('ListResourceGroups'),
  describeResourceGroup: onDatabase('DescribeResourceGroup'),
  transferNode: onDatabase('TransferNode'),
  transferReplica: onDatabase('TransferReplica'),

  import: onCollections('Import'),
  getImportState: anywhere('Import'),
  listImportTasks: onCollections('Import'),

  createSnapshot: ADMIN,
  dropSnapshot: ADMIN,
  listSnapshots: ADMIN,
  describeSnapshot: ADMIN,
  restoreSnapshot: ADMIN,
  getRestoreSnapshotState: ADMIN,
  listRestoreSnapshotJobs: ADMIN,
  pinSnapshotData: ADMIN,
  unpinSnapshotData: ADMIN,
  createNamespace: ADMIN,
  describeNamespace: ADMIN,
  listNamespaces: ADMIN,
  dropNamespace: ADMIN,
  hasNamespace: ADMIN,
  getNamespaceStats: ADMIN,
  prewarm: ADMIN,
  describePrewarmTask: ADMIN,
  calcDistance: ADMIN,
  addFileResource: ADMIN,
  removeFileResource: ADMIN,
  listFileResources: ADMIN,
  addUserTags: ADMIN,
  deleteUserTags: ADMIN,
  getUserTags: ADMIN,
  listUsersWithTag: ADMIN,
  createRowPolicy: ADMIN,
  dropRowPolicy: ADMIN,
  listRowPolicies: ADMIN,
  batchUpdateManifest: ADMIN,
  refreshExternalCollection: ADMIN,
  getRefreshExternalCollectionProgress: ADMIN,
  listRefreshExternalCollectionJobs: ADMIN,
  exportSnapshot: ADMIN,
  restoreExternalSnapshot: ADMIN,
  replicateMessage: ADMIN,
  updateReplicateConfiguration: ADMIN,
  getReplicateConfiguration: ADMIN,
  getReplicateInfo: ADMIN,
  createReplicateStream: ADMIN,
  dumpMessages: ADMIN,
  listIndexedSegment: ADMIN,
  describeSegmentIndexData: ADMIN,
  dummy: ADMIN,
  registerLink: ADMIN,
};

/** The call of gRPC that does what a path of REST does, and so what it needs. */
export const RPC_OF_PATH: Readonly<Record<string, Rpc>> = {
  'databases/list': 'listDatabases',
  'databases/create': 'createDatabase',
  'databases/drop': 'dropDatabase',
  'databases/describe': 'describeDatabase',
  'databases/alter': 'alterDatabase',
  'databases/drop_properties': 'alterDatabase',

  'collections/create': 'createCollection',
  'collections/describe': 'describeCollection',
  'collections/list': 'showCollections',
  'collections/has': 'hasCollection',
  'collections/get_stats': 'getCollectionStatistics',
  'collections/get_load_state': 'getLoadState',
  'collections/drop': 'dropCollection',
  'collections/rename': 'renameCollection',
  'collections/load': 'loadCollection',
  'collections/refresh_load': 'loadCollection',
  'collections/release': 'releaseCollection',
  'collections/flush': 'flush',
  'collections/truncate': 'truncateCollection',
  'collections/compact': 'manualCompaction',
  'collections/get_compaction_state': 'getCompactionState',
  'collections/alter_properties': 'alterCollection',
  'collections/drop_properties': 'alterCollection',
  'collections/fields/add': 'addCollectionField',
  'collections/fields/alter_properties': 'alterCollectionField',
  'collections/fields/drop': 'alterCollectionSchema',
  'collections/struct_fields/add': 'addCollectionStructField',
  'collections/add_function': 'addCollectionFunction',
  'collections/alter_function': 'alterCollectionFunction',
  'collections/drop_function': 'dropCollectionFunction',

  'partitions/list': 'showPartitions',
  'partitions/has': 'hasPartition',
  'partitions/get_stats': 'getPartitionStatistics',
  'partitions/create': 'createPartition',
  'partitions/drop': 'dropPartition',
  'partitions/load': 'loadPartitions',
  'partitions/release': 'releasePartitions',

  'aliases/list': 'listAliases',
  'aliases/describe': 'describeAlias',
  'aliases/create': 'createAlias',
  'aliases/alter': 'alterAlias',
  'aliases/drop': 'dropAlias',

  'indexes/list': 'describeIndex',
  'indexes/describe': 'describeIndex',
  'indexes/create': 'createIndex',
  'indexes/drop': 'dropIndex',
  'indexes/alter_properties': 'alterIndex',
  'indexes/drop_properties': 'alterIndex',

  'jobs/import/create': 'import',
  'jobs/import/list': 'listImportTasks',
  'jobs/import/get_progress': 'getImportState',
  'jobs/import/describe': 'getImportState',
  'segments/describe': 'getPersistentSegmentInfo',

  'entities/search': 'search',
  'entities/hybrid_search': 'hybridSearch',
  'entities/advanced_search': 'hybridSearch',
  'entities/insert': 'insert',
  'entities/upsert': 'upsert',
  'entities/delete': 'delete',
  'entities/get': 'query',
  'entities/query': 'query',
  'common/run_analyzer': 'runAnalyzer',

  'resource_groups/create': 'createResourceGroup',
  'resource_groups/alter': 'updateResourceGroups',
  'resource_groups/drop': 'dropResourceGroup',
  'resource_groups/list': 'listResourceGroups',
  'resource_groups/describe': 'describeResourceGroup',
  'resource_groups/transfer_replica': 'transferReplica',

  'users/list': 'listCredUsers',
  'users/describe': 'selectUser',
  'users/create': 'createCredential',
  'users/update_password': 'updateCredential',
  'users/drop': 'deleteCredential',
  'users/grant_role': 'operateUserRole',
  'users/revoke_role': 'operateUserRole',

  'roles/list': 'selectRole',
  'roles/describe': 'selectGrant',
  'roles/create': 'createRole',
  'roles/alter': 'alterRole',
  'roles/drop': 'dropRole',
  'roles/grant_privilege': 'operatePrivilege',
  'roles/grant_privilege_v2': 'operatePrivilegeV2',
  'roles/revoke_privilege': 'operatePrivilege',
  'roles/revoke_privilege_v2': 'operatePrivilegeV2',

  'privilege_groups/create': 'createPrivilegeGroup',
  'privilege_groups/drop': 'dropPrivilegeGroup',
  'privilege_groups/list': 'listPrivilegeGroups',
  'privilege_groups/add_privileges_to_group': 'operatePrivilegeGroup',
  'privilege_groups/remove_privileges_from_group': 'operatePrivilegeGroup',
};

/** Paths of REST that no call of gRPC stands for are the admin's. */
export function rightOfPath(path: string): CallRight {
  return Object.hasOwn(RPC_OF_PATH, path) ? CALL_RIGHTS[RPC_OF_PATH[path]!] : ADMIN;
}
