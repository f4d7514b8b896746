/** Milvus' privileges (pkg/util/constant.go, and "Grant Privilege or Privilege Group to Roles" in its documentation). */

const COLLECTION_READ_ONLY = [
  'Query',
  'Search',
  'IndexDetail',
  'GetFlushState',
  'GetLoadState',
  'GetLoadingProgress',
  'HasPartition',
  'ShowPartitions',
  'DescribeCollection',
  'DescribeAlias',
  'GetStatistics',
  'ListAliases',
];
const COLLECTION_READ_WRITE = [
  ...COLLECTION_READ_ONLY,
  'Load',
  'Release',
  'Insert',
  'Delete',
  'Upsert',
  'Import',
  'Flush',
  'Compaction',
  'LoadBalance',
  'CreateIndex',
  'DropIndex',
  'CreatePartition',
  'DropPartition',
  'AddCollectionField',
];
const DATABASE_READ_ONLY = ['ShowCollections', 'DescribeDatabase'];
const DATABASE_READ_WRITE = [...DATABASE_READ_ONLY, 'AlterDatabase'];
const CLUSTER_READ_ONLY = [
  'ListDatabases',
  'SelectOwnership',
  'SelectUser',
  'DescribeResourceGroup',
  'ListResourceGroups',
  'ListPrivilegeGroups',
];
const CLUSTER_READ_WRITE = [
  ...CLUSTER_READ_ONLY,
  'FlushAll',
  'TransferNode',
  'TransferReplica',
  'UpdateResourceGroups',
];

/** Groups that are always there, and what is in them. Each is of one level: of a collection, a database or the cluster. */
export const BUILT_IN_GROUPS: Readonly<Record<string, readonly string[]>> = {
  CollectionReadOnly: COLLECTION_READ_ONLY,
  CollectionReadWrite: COLLECTION_READ_WRITE,
  CollectionAdmin: [...COLLECTION_READ_WRITE, 'CreateAlias', 'DropAlias'],
  DatabaseReadOnly: DATABASE_READ_ONLY,
  DatabaseReadWrite: DATABASE_READ_WRITE,
  DatabaseAdmin: [...DATABASE_READ_WRITE, 'CreateCollection', 'DropCollection'],
  ClusterReadOnly: CLUSTER_READ_ONLY,
  ClusterReadWrite: CLUSTER_READ_WRITE,
  ClusterAdmin: [
    ...CLUSTER_READ_WRITE,
    'BackupRBAC',
    'RestoreRBAC',
    'CreateDatabase',
    'DropDatabase',
    'CreateOwnership',
    'DropOwnership',
    'ManageOwnership',
    'CreateResourceGroup',
    'DropResourceGroup',
    'UpdateUser',
    'RenameCollection',
    'CreatePrivilegeGroup',
    'DropPrivilegeGroup',
    'OperatePrivilegeGroup',
  ],
};

/** What every user may do with the collections that are there for them (internal/rootcoord, initPublicRolePrivilege). */
export const PUBLIC_PRIVILEGES: readonly string[] = ['DescribeCollection', 'ListAliases', 'IndexDetail'];

export type PrivilegeLevel = 'Collection' | 'Database' | 'Cluster';

/** Undefined for a name that is no privilege. */
export function levelOfPrivilege(privilege: string): PrivilegeLevel | undefined {
  if (BUILT_IN_GROUPS['ClusterAdmin']!.includes(privilege)) return 'Cluster';
  if (BUILT_IN_GROUPS['DatabaseAdmin']!.includes(privilege)) return 'Database';
  return BUILT_IN_GROUPS['CollectionAdmin']!.includes(privilege) ? 'Collection' : undefined;
}

export function levelOfBuiltInGroup(group: string): PrivilegeLevel | undefined {
  return Object.hasOwn(BUILT_IN_GROUPS, group) ? levelOfPrivilege(BUILT_IN_GROUPS[group]![0]!) : undefined;
}

/** Of the level of a collection, but granted on `Global` by the older way of granting. */
const GLOBAL_OF_COLLECTIONS = ['DescribeCollection', 'CreateAlias', 'DropAlias', 'DescribeAlias', 'ListAliases'];
const USER_PRIVILEGES = ['UpdateUser', 'SelectUser'];

/** What the older way of granting knows, by type of object. */
export const OBJECT_PRIVILEGES: Readonly<Record<string, readonly string[]>> = {
  Collection: [
    ...COLLECTION_READ_WRITE.filter((privilege) => !GLOBAL_OF_COLLECTIONS.includes(privilege)),
    'ReadOnly',
    'ReadWrite',
  ],
  Global: [
    'All',
    ...GLOBAL_OF_COLLECTIONS,
    ...BUILT_IN_GROUPS['DatabaseAdmin']!,
    ...BUILT_IN_GROUPS['ClusterAdmin']!.filter((privilege) => !USER_PRIVILEGES.includes(privilege)),
    'Admin',
  ],
  User: USER_PRIVILEGES,
};

/** The type of object that a privilege, or a group of them, is granted on when the grant does not say: groups are granted on `Global`. */
export function objectTypeOf(privilege: string): string {
  const found = Object.entries(OBJECT_PRIVILEGES).find(([, privileges]) => privileges.includes(privilege));
  return found?.[0] ?? 'Global';
}

/** What the older way of granting has names for, beside the groups. */
const ALL_PRIVILEGES = [
  ...BUILT_IN_GROUPS['ClusterAdmin']!,
  ...BUILT_IN_GROUPS['DatabaseAdmin']!,
  ...BUILT_IN_GROUPS['CollectionAdmin']!,
];
const NAMED_SETS: Readonly<Record<string, readonly string[]>> = {
  ...BUILT_IN_GROUPS,
  All: ALL_PRIVILEGES,
  Admin: ALL_PRIVILEGES,
  ReadOnly: COLLECTION_READ_ONLY,
  ReadWrite: COLLECTION_READ_WRITE,
};

/** What a grant of this name on this type of object comes to; a group that somebody made is not known here. */
export function privilegesOfName(objectType: string, name: string): readonly string[] {
  if (name !== '*') return Object.hasOwn(NAMED_SETS, name) ? NAMED_SETS[name]! : [name];
  if (objectType === 'Collection') return BUILT_IN_GROUPS['CollectionAdmin']!;
  return objectType === 'User' ? USER_PRIVILEGES : ALL_PRIVILEGES;
}
