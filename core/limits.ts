/** Limits of the API, with Milvus' numbers (configs/milvus.yaml, proxy and quotaAndLimits). Each room has a `limits.ts` for its own. */
export const LIMITS = {
  nameLengthMax: 255,
  fieldsMax: 64,
  vectorFieldsMax: 10,
  dimensionMin: 2,
  dimensionMax: 32_768,
  binaryDimensionMin: 8,
  binaryDimensionMax: 262_144,
  varCharLengthMax: 65_535,
  arrayCapacityMax: 4_096,
  jsonBytesMax: 65_536,
  /** Characters of one geometry as well-known text. Milvus knows no such limit; parsing a megabyte takes tens of milliseconds. */
  geometryTextMax: 1024 * 1024,
  shardsMax: 16,
  partitionsMax: 1_024,
  partitionKeyPartitionsDefault: 16,
  databasesMax: 64,
  usersMax: 100,
  rolesMax: 100,
  privilegeGroupsMax: 100,
  resourceGroupsMax: 1_024,
  /** Of one filter for nodes. */
  nodeLabelsMax: 64,
  /** Of one role. */
  grantsMax: 10_000,
  userNameLengthMax: 32,
  passwordBytesMin: 6,
  passwordBytesMax: 72,
  accessDescriptionLengthMax: 1_024,
  collectionsMax: 65_536,
  aliasesMax: 65_536,
  /** Sum of shards x partitions over all collections (rootCoord.maxGeneralCapacity). */
  generalCapacityMax: 65_536,
  topKMax: 16_384,
  queriesMax: 16_384,
  resultWindowMax: 16_384,
  /** nq x topk: both at their limits would be 268 million hits. */
  hitsMax: 5_000_000,
  /** Hits of one query that a node gives at once: room for doubles, and for rows of one score at the end of an iterator's page. */
  nodeHitsMax: 32_768,
  hybridRequestsMax: 1_024,
  groupSizeMax: 10,
  /** Of an aggregation; each takes up memory on all nodes. */
  aggregateGroupsMax: 100_000,
  roundDecimalMax: 6,
  requestBytesMax: 64 * 1024 * 1024,
  responseBytesMax: 256 * 1024 * 1024,
  filterBytesMax: 64 * 1024 * 1024,
  gracefulTimeMs: 5_000,
} as const;
