import type { AccessRecords } from '../../../core/access/access-records.ts';
import type { Catalog, View } from '../../../core/catalog.ts';
import type { CompactionJobRecord } from '../../../core/compaction-job.ts';
import type { ImportJobRecord } from '../../../core/import-job.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { PluginHost } from '../../plugin.ts';
import type { CatalogChange, Checkpoint, Lease, LogClaim, MetadataStore, RetiredObjects } from '../metadata.ts';
import { apply } from './apply.ts';
import { acquireLease, currentLease, releaseLease, renewLease } from './lease.ts';
import { readAccess } from './read-access.ts';
import { CatalogReader } from './read-catalog.ts';
import { readCheckpoints } from './read-checkpoints.ts';
import { readCompactionJobs, readImportJobs } from './read-jobs.ts';
import { readRetired } from './read-retired.ts';
import { readView } from './read-view.ts';
import { reserveIds, reserveTimestamps } from './sequences.ts';
import type { SqlDatabase } from './sql-database.ts';
import { Transactions } from './transactions.ts';

/** The metadata store over a database that speaks SQL. Owns the database; its tables must be there (see migrate.ts). */
export class SqlMetadataStore implements MetadataStore {
  readonly #database: SqlDatabase;
  readonly #transactions: Transactions;
  readonly #catalogReader: CatalogReader;

  constructor(database: SqlDatabase, host: Pick<PluginHost, 'logger' | 'signal'>) {
    this.#database = database;
    this.#transactions = new Transactions(database, host);
    this.#catalogReader = new CatalogReader(this.#transactions);
  }

  async acquireLease(holder: string, ttlMs: number, log?: LogClaim): Promise<Lease | undefined> {
    return acquireLease(this.#transactions, { holder, log }, ttlMs);
  }

  async renewLease(lease: Lease, ttlMs: number): Promise<void> {
    await renewLease(this.#transactions, lease, ttlMs);
  }

  async releaseLease(lease: Lease): Promise<void> {
    await releaseLease(this.#transactions, lease);
  }

  async currentLease(): Promise<Lease | undefined> {
    return currentLease(this.#transactions);
  }

  async reserveIds(term: number, count: number): Promise<number> {
    return reserveIds(this.#transactions, term, count);
  }

  async reserveTimestamps(term: number, bound: Timestamp): Promise<Timestamp> {
    return reserveTimestamps(this.#transactions, term, bound);
  }

  async catalogVersion(): Promise<number> {
    const state = await this.#transactions.readState();
    return state.catalogVersion;
  }

  async readCatalog(): Promise<Catalog> {
    return this.#catalogReader.read();
  }

  async readView(collectionId: number): Promise<View | undefined> {
    return readView(this.#transactions, collectionId);
  }

  async readRetired(limit: number): Promise<RetiredObjects> {
    return readRetired(this.#transactions, limit);
  }

  async readCheckpoints(): Promise<ReadonlyMap<number, Checkpoint>> {
    return readCheckpoints(this.#transactions);
  }

  async readAccess(knownVersion?: number): Promise<AccessRecords | undefined> {
    return readAccess(this.#transactions, knownVersion);
  }

  async readImportJobs(): Promise<readonly ImportJobRecord[]> {
    return readImportJobs(this.#transactions);
  }

  async readCompactionJobs(): Promise<readonly CompactionJobRecord[]> {
    return readCompactionJobs(this.#transactions);
  }

  async apply(term: number, operationId: string, changes: readonly CatalogChange[]): Promise<number> {
    return apply(this.#transactions, this.#database.flavor, { term, id: operationId }, changes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transactions.close();
    await this.#database[Symbol.asyncDispose]();
  }
}
