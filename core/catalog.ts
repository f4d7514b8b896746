import type { MetricType } from './metric.ts';
import type { ResourceGroupRecord } from './resource-groups/resource-group.ts';
import type { CollectionSchema } from './schema/collection-schema.ts';
import type { Timestamp } from './timestamps.ts';

/**
 * What the metadata store holds. Records are values with numeric ids (names never reach a path or a key of storage);
 * ids come from one counter and are never reused.
 */

export interface DatabaseRecord {
  readonly id: number;
  readonly name: string;
  readonly createdTimestamp: Timestamp;
  readonly properties: Readonly<Record<string, string>>;
}

export interface PartitionRecord {
  readonly id: number;
  readonly name: string;
  readonly createdTimestamp: Timestamp;
  readonly loaded: boolean;
}

export interface IndexRecord {
  readonly id: number;
  readonly name: string;
  readonly fieldId: number;
  /** As the user named it: HNSW, AUTOINDEX, FLAT, ... */
  readonly indexType: string;
  /** Vector indexes only. */
  readonly metricType?: MetricType;
  /** All parameters as the client sent them, flattened, returned by describe. */
  readonly params: Readonly<Record<string, string>>;
}

/** Numbers of the wire (common.proto, ConsistencyLevel). */
export const ConsistencyLevel = { Strong: 0, Session: 1, Bounded: 2, Eventually: 3, Customized: 4 } as const;
export type ConsistencyLevel = (typeof ConsistencyLevel)[keyof typeof ConsistencyLevel];

export interface CollectionRecord {
  readonly id: number;
  readonly databaseId: number;
  readonly name: string;
  readonly schema: CollectionSchema;
  readonly consistencyLevel: ConsistencyLevel;
  readonly shardsCount: number;
  readonly properties: Readonly<Record<string, string>>;
  /** In order of creation, `_default` first. */
  readonly partitions: readonly PartitionRecord[];
  readonly indexes: readonly IndexRecord[];
  /** True after LoadCollection: partitions created later are loaded too. False after LoadPartitions or release. */
  readonly loadsNewPartitions: boolean;
  readonly replicaCount: number;
  /** The resource group of each replica, `replicaCount` names. Undefined: all are in the default group. */
  readonly replicaGroups?: readonly string[];
  /** Fields chosen at load; reads may use no others. Undefined: all. */
  readonly loadedFieldIds?: readonly number[];
  readonly createdTimestamp: Timestamp;
  /** Changes with every change of the record; clients key their schema cache by it. */
  readonly updatedTimestamp: Timestamp;
}

export interface AliasRecord {
  readonly databaseId: number;
  readonly name: string;
  readonly collectionId: number;
}

/** Everything small: databases, collections, aliases. Segments are read per collection, as a view. */
export interface Catalog {
  /** Grows with every change of any record, published segments included. */
  readonly version: number;
  readonly databases: readonly DatabaseRecord[];
  readonly collections: readonly CollectionRecord[];
  readonly aliases: readonly AliasRecord[];
  /** Those that were made or changed; see `withDefaultGroup`. */
  readonly resourceGroups: readonly ResourceGroupRecord[];
  /** View version per collection id. */
  readonly viewVersions: ReadonlyMap<number, number>;
}

/** A file of a segment or a delete file, as published: a reader refuses what does not match. */
export interface StoredFile {
  /** Object name below the segment's prefix. */
  readonly name: string;
  readonly byteLength: number;
  /** CRC-32C of the whole file. */
  readonly crc32c: number;
}

/** A sealed segment: immutable files on shared storage under `prefix`, which is never used twice. */
export interface SegmentRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly partitionId: number;
  readonly rowCount: number;
  readonly byteLength: number;
  readonly prefix: string;
  readonly files: readonly StoredFile[];
  /** Version of the fields it was written with; younger fields read as their default or null. */
  readonly schemaVersion: number;
  /** Smallest and largest insert timestamp of its rows. */
  readonly minTimestamp: Timestamp;
  readonly maxTimestamp: Timestamp;
  /** Deletes up to here are in the segment's own mask; later ones come from delete files and the stream. */
  readonly deletesAppliedTimestamp: Timestamp;
  /** Rows masked when it was written. */
  readonly deletedCount: number;
  /** Segments this one was compacted from; empty for one sealed from the log. */
  readonly compactedFrom: readonly number[];
  /** View version that first names it. */
  readonly createdVersion: number;
  /** View version that no longer names it (it was compacted away or dropped); undefined while it lives. */
  readonly retiredVersion?: number;
  /** Wall clock of the retirement, for the grace time of garbage collection. */
  readonly retiredAtMs?: number;
}

/** Deletes of one collection with `fromTimestamp < timestamp <= toTimestamp`, as one object on shared storage. */
export interface DeleteFileRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly fromTimestamp: Timestamp;
  readonly toTimestamp: Timestamp;
  readonly count: number;
  readonly object: StoredFile;
}

/** The set of sealed segments of one collection at one version. */
export interface View {
  readonly collectionId: number;
  readonly version: number;
  readonly segments: readonly SegmentRecord[];
  /** Every delete that some segment of the view has not applied itself is in one of these files or in the stream after the last. */
  readonly deleteFiles: readonly DeleteFileRecord[];
  /** Every row with a timestamp up to here is in a sealed segment of the view. */
  readonly sealedTimestamp: Timestamp;
}
