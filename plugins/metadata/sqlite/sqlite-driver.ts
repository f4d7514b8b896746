import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import { LRUCache } from 'lru-cache';
import { METADATA_LIMITS } from '../limits.ts';
import { Turn } from '../sql/slices.ts';

/**
 * Drives one `node:sqlite` connection for kysely, which hands it out to one user at a time. Statements are prepared once. A write transaction takes the
 * file's lock at its beginning, so that it never fails half way for lack of it. Long results and long transactions give way to others now and then.
 */
export class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection.turn.restart();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** After some errors (a full disk) SQLite has rolled back by itself. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

class SqliteConnection implements DatabaseConnection {
  readonly turn = new Turn();
  readonly #database: DatabaseSync;
  readonly #prepared = new LRUCache<string, Prepared>({ max: METADATA_LIMITS.sqlite.statementsCached });

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, hasRows } = this.#prepare(query.sql);
    // Kysely hands on what the callers gave: text, numbers and null.
    const parameters = query.parameters as SQLInputValue[];
    if (!hasRows) {
      const { changes } = statement.run(...parameters);
      await this.turn.giveWay();
      return { numAffectedRows: BigInt(changes), rows: [] };
    }
    const rows: Row[] = [];
    for (const row of statement.iterate(...parameters)) {
      rows.push(row as Row);
      if (rows.length % METADATA_LIMITS.sliceRows === 0) await this.turn.giveWay();
    }
    return { rows };
  }

  // biome-ignore lint/correctness/useYield: the interface demands it, nothing here streams.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the sqlite driver does not stream');
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
