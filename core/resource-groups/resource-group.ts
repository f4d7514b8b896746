/** A named set of readers (Milvus: resource group). Which readers are in it follows from all groups and all readers: see `readersOfGroups`. */
export interface ResourceGroupRecord {
  /** Unique. */
  readonly name: string;
  readonly config: ResourceGroupConfig;
}

export interface ResourceGroupConfig {
  /** Readers that the group wants at least. */
  readonly requests: number;
  /** Readers that it takes at most; not less than `requests`. */
  readonly limits: number;
  /** Names of groups. Stored and described; a placement without a past takes from nobody, so it needs none. */
  readonly transferFrom: readonly string[];
  /** Names of groups. Of the default group: where readers that nobody wants go first. */
  readonly transferTo: readonly string[];
  /** Labels that a reader must have. Empty: every reader will do. */
  readonly nodeLabels: Readonly<Record<string, string>>;
}

/** It is always there. */
export const DEFAULT_RESOURCE_GROUP = '__default_resource_group';

/** Milvus' own (querycoordv2/meta/resource_group.go). */
const DEFAULT_GROUP_NODES_MAX = 1_000_000;

export const EMPTY_GROUP_CONFIG: ResourceGroupConfig = {
  requests: 0,
  limits: 0,
  transferFrom: [],
  transferTo: [],
  nodeLabels: {},
};

const DEFAULT_GROUP: ResourceGroupRecord = {
  name: DEFAULT_RESOURCE_GROUP,
  config: { ...EMPTY_GROUP_CONFIG, limits: DEFAULT_GROUP_NODES_MAX },
};

/** The stored groups and, unless it was changed and so is among them, the default group; in order of their names. */
export function withDefaultGroup(stored: readonly ResourceGroupRecord[]): readonly ResourceGroupRecord[] {
  const isStored = stored.some((group) => group.name === DEFAULT_RESOURCE_GROUP);
  const all = isStored ? [...stored] : [DEFAULT_GROUP, ...stored];
  return all.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The group of every replica: a replica lies wholly in one group. */
export function groupsOfReplicas(collection: {
  readonly replicaCount: number;
  readonly replicaGroups?: readonly string[];
}): readonly string[] {
  return collection.replicaGroups ?? Array(Math.max(1, collection.replicaCount)).fill(DEFAULT_RESOURCE_GROUP);
}
