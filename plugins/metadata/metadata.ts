import type { AccessRecords, PrivilegeGroupRecord, RoleRecord, UserRecord } from '../../core/access/access-records.ts';
import type {
  AliasRecord,
  Catalog,
  CollectionRecord,
  DatabaseRecord,
  DeleteFileRecord,
  SegmentRecord,
  View,
} from '../../core/catalog.ts';
import type { CompactionJobRecord } from '../../core/compaction-job.ts';
import type { ImportJobRecord } from '../../core/import-job.ts';
import type { ResourceGroupRecord } from '../../core/resource-groups/resource-group.ts';
import type { Timestamp } from '../../core/timestamps.ts';

/**
 * The shared memory of the cluster: small records, changed by one writer, read by everyone. Verbs of the domain only, never SQL above this seam.
 *
 * Errors of the seam: `termLost` when a fenced call comes from a term that is over; `serviceUnavailable` when the store cannot be reached (for a commit
 * whose outcome is unknown the plugin itself looks up the operation id before it answers).
 */
export interface MetadataStore extends AsyncDisposable {
  /**
   * Takes the writer's lease if it is free, expired, or held by the same `holder` (a restart; the holder proves by other means, such as a lock on its data
   * folder, that its former life is over). Taking it adds one to the term. Resolves to undefined while another holder's lease is valid.
   *
   * The store remembers the log of the last holder, also when the lease was given back: rows that are not sealed are nowhere else. A holder with another log is refused (`internal`,
   * with what to do) unless it says that it abandons the one before. Without `log` nothing is checked or remembered.
   */
  acquireLease(holder: string, ttlMs: number, log?: LogClaim): Promise<Lease | undefined>;
  /** Extends the lease by `ttlMs` from now; throws `termLost` if the term is no longer the current one. */
  renewLease(lease: Lease, ttlMs: number): Promise<void>;
  /** Ends the lease at once, so that a successor need not wait. Nothing happens if the term is over already. */
  releaseLease(lease: Lease): Promise<void>;
  /** Who leads, for status pages. */
  currentLease(): Promise<Lease | undefined>;

  /** Fenced. Reserves `count` ids that were never handed out before and will not be again; resolves to the first. Ids start at 1. */
  reserveIds(term: number, count: number): Promise<number>;
  /**
   * Fenced. Raises the bound below which this term may issue timestamps to `bound`; resolves to the bound that was in force before. Never lowers it.
   * A new writer starts above what it finds.
   */
  reserveTimestamps(term: number, bound: Timestamp): Promise<Timestamp>;

  /** A cheap read: the version of the catalog, to be polled. */
  catalogVersion(): Promise<number>;
  /** A consistent snapshot of all small records. */
  readCatalog(): Promise<Catalog>;
  /** The current view of a collection, consistent in itself. An unknown collection gives undefined. */
  readView(collectionId: number): Promise<View | undefined>;
  /** Retired segments and superseded delete files that still occupy storage, oldest first, at most `limit`. */
  readRetired(limit: number): Promise<RetiredObjects>;
  /** Position up to which the log is no longer needed by the collection's sealed segments; 0n if nothing was sealed. */
  readCheckpoints(): Promise<ReadonlyMap<number, Checkpoint>>;
  /** Who may do what, as one snapshot; undefined if that is still `knownVersion`. */
  readAccess(knownVersion?: number): Promise<AccessRecords | undefined>;
  /** Every import that was not forgotten, oldest first. */
  readImportJobs(): Promise<readonly ImportJobRecord[]>;
  /** Every compaction job that was not forgotten, oldest first. */
  readCompactionJobs(): Promise<readonly CompactionJobRecord[]>;

  /**
   * Fenced, atomic: applies all changes in one transaction or none, asserting the term inside it, and adds one to the catalog version (resolves to it).
   * `operationId` makes it repeatable: a second call with the same id changes nothing and resolves to the version the first one made.
   * A change that meets a record it does not expect (a duplicate name, a missing id) throws a plain Error: callers check names before, as the only writer.
   */
  apply(term: number, operationId: string, changes: readonly CatalogChange[]): Promise<number>;
}

export interface Lease {
  readonly holder: string;
  /** The fencing number. Grows by at least one with every holder. */
  readonly term: number;
}

/** The log that a holder will write. */
export interface LogClaim {
  /** See `WriteAheadLog.id`. */
  readonly id: string;
  /** Rows that only another log holds may be lost. */
  readonly abandonsOther: boolean;
}

/** Where replay may start for a collection: all its records before this are in sealed segments and delete files. */
export interface Checkpoint {
  /** A position of the log as `logPositionToString` gives it. */
  readonly position: string;
  readonly timestamp: Timestamp;
}

export interface RetiredObjects {
  readonly segments: readonly SegmentRecord[];
  readonly deleteFiles: readonly DeleteFileRecord[];
}

export type CatalogChange =
  | { readonly kind: 'putDatabase'; readonly database: DatabaseRecord }
  | { readonly kind: 'dropDatabase'; readonly databaseId: number }
  /** Inserts or replaces the record with this id. */
  | { readonly kind: 'putCollection'; readonly collection: CollectionRecord }
  /** Also drops its aliases and retires its segments and delete files. */
  | { readonly kind: 'dropCollection'; readonly collectionId: number; readonly atMs: number }
  | { readonly kind: 'putAlias'; readonly alias: AliasRecord }
  | { readonly kind: 'dropAlias'; readonly databaseId: number; readonly name: string }
  /**
   * Publishes: adds segments and delete files, retires others, moves the checkpoint, and adds one to the collection's view version. The store fills in
   * `createdVersion` and `retiredVersion` with the new view version.
   */
  | {
      readonly kind: 'publish';
      readonly collectionId: number;
      readonly addSegments: readonly SegmentRecord[];
      readonly retireSegmentIds: readonly number[];
      readonly addDeleteFiles: readonly DeleteFileRecord[];
      readonly retireDeleteFileIds: readonly number[];
      readonly checkpoint?: Checkpoint;
      /** Raises the view's `sealedTimestamp`. */
      readonly sealedTimestamp?: Timestamp;
      readonly atMs: number;
    }
  /** Inserts or replaces the record of this name. Names that are not there may be dropped. Every change of these adds to the version of access. */
  | { readonly kind: 'putUser'; readonly user: UserRecord }
  | { readonly kind: 'dropUser'; readonly name: string }
  | { readonly kind: 'putRole'; readonly role: RoleRecord }
  | { readonly kind: 'dropRole'; readonly name: string }
  | { readonly kind: 'putPrivilegeGroup'; readonly group: PrivilegeGroupRecord }
  | { readonly kind: 'dropPrivilegeGroup'; readonly name: string }
  /** Inserts or replaces the record of this name; a name that is not there may be dropped. */
  | { readonly kind: 'putResourceGroup'; readonly group: ResourceGroupRecord }
  | { readonly kind: 'dropResourceGroup'; readonly name: string }
  /** Inserts or replaces the record with this id. */
  | { readonly kind: 'putImportJob'; readonly job: ImportJobRecord }
  /** Ids that are not there are no error. */
  | { readonly kind: 'forgetImportJobs'; readonly ids: readonly number[] }
  /** Inserts or replaces the record with this id. */
  | { readonly kind: 'putCompactionJob'; readonly job: CompactionJobRecord }
  /** Ids that are not there are no error. */
  | { readonly kind: 'forgetCompactionJobs'; readonly ids: readonly number[] }
  /** Forgets retired segments and delete files whose objects are gone. */
  | { readonly kind: 'forget'; readonly segmentIds: readonly number[]; readonly deleteFileIds: readonly number[] };
