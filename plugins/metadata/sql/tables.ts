/**
 * The tables, as kysely types. Numbers are safe integers. Timestamps are decimal text, because they are unsigned 64-bit and no driver reads those alike.
 * What is queried is a column; the rest of a record is a document (see documents.ts).
 */
export interface Tables {
  readonly braid_cluster: ClusterRow;
  readonly braid_operations: OperationRow;
  readonly braid_databases: DatabaseRow;
  readonly braid_collections: CollectionRow;
  readonly braid_aliases: AliasRow;
  readonly braid_views: ViewRow;
  readonly braid_segments: SegmentRow;
  readonly braid_delete_files: DeleteFileRow;
  readonly braid_access: AccessRow;
  readonly braid_access_version: AccessVersionRow;
  readonly braid_import_jobs: JobRow;
  readonly braid_compaction_jobs: JobRow;
  readonly braid_log: LogRow;
  readonly braid_resource_groups: ResourceGroupRow;
}

/**
 * The one row (id 1) that every write locks: it serialises the writers of all processes and holds what only grows
 * (term, catalog version, next id, timestamp bound).
 */
export interface ClusterRow {
  readonly id: number;
  readonly term: number;
  /** Who holds the lease; null when it was released or never taken. */
  readonly holder: string | null;
  readonly lease_expires_at_ms: number;
  readonly catalog_version: number;
  readonly next_id: number;
  readonly timestamp_bound: string;
}

/** An applied list of changes, so that a repeated one is recognised. */
export interface OperationRow {
  readonly id: string;
  readonly catalog_version: number;
  readonly term: number;
}

export interface DatabaseRow {
  readonly id: number;
  readonly name: string;
  readonly document: string;
}

export interface CollectionRow {
  readonly id: number;
  readonly database_id: number;
  readonly name: string;
  readonly document: string;
}

export interface AliasRow {
  readonly database_id: number;
  readonly name: string;
  readonly collection_id: number;
}

/** One row per collection: the current view and where replay of the log may start. */
export interface ViewRow {
  readonly collection_id: number;
  readonly version: number;
  readonly sealed_timestamp: string;
  readonly checkpoint_position: string | null;
  readonly checkpoint_timestamp: string | null;
}

export interface SegmentRow {
  readonly id: number;
  readonly collection_id: number;
  readonly partition_id: number;
  readonly row_count: number;
  readonly byte_length: number;
  readonly prefix: string;
  /** JSON: `[{"name", "byteLength", "crc32c"}]`. */
  readonly files: string;
  readonly schema_version: number;
  readonly min_timestamp: string;
  readonly max_timestamp: string;
  readonly deletes_applied_timestamp: string;
  readonly deleted_count: number;
  /** JSON: list of segment ids. */
  readonly compacted_from: string;
  readonly created_version: number;
  readonly retired_version: number | null;
  readonly retired_at_ms: number | null;
}

export interface DeleteFileRow {
  readonly id: number;
  readonly collection_id: number;
  readonly from_timestamp: string;
  readonly to_timestamp: string;
  readonly delete_count: number;
  readonly object_name: string;
  readonly object_byte_length: number;
  readonly object_crc32c: number;
  readonly retired_version: number | null;
  readonly retired_at_ms: number | null;
}

/** A user, role or group of privileges. */
export interface AccessRow {
  readonly kind: AccessKind;
  readonly name: string;
  readonly document: string;
}

export type AccessKind = 'user' | 'role' | 'privilegeGroup';

/** The one row (id 1): the version of the catalog in which access changed last; no row: it never did. */
export interface AccessVersionRow {
  readonly id: number;
  readonly version: number;
}

/** An import or a compaction. */
export interface JobRow {
  readonly id: number;
  readonly document: string;
}

/** The one row (id 1) that says which log the last writer wrote. */
export interface LogRow {
  readonly id: number;
  readonly log_id: string;
}

export interface ResourceGroupRow {
  readonly name: string;
  readonly document: string;
}
