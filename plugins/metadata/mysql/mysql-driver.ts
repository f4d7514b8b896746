import { setTimeout } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { METADATA_LIMITS } from '../limits.ts';
import { MysqlTimeoutError } from './classify-mysql-error.ts';

const LIMITS = METADATA_LIMITS.mysql;

/**
 * Drives a pool of mysql2 for kysely. It differs from kysely's own driver in what happens when things go wrong: every wait ends, a connection of which the
 * state is not certain is closed instead of handed to the next user, and a failed rollback does not hide the error before it. Values travel as parameters
 * of prepared statements, never inside the text of SQL.
 */
export class MysqlDriver implements Driver {
  readonly #pool: Pool;
  readonly #statementTimeoutMs: number;
  /** mysql2's own connection objects that have their session variables. */
  readonly #prepared = new WeakSet<object>();
  readonly #inUse = new Set<MysqlConnection>();

  constructor(pool: Pool, statementTimeoutMs: number) {
    this.#pool = pool;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const raw = await acquire(this.#pool);
    const connection = new MysqlConnection(raw, this.#statementTimeoutMs);
    this.#inUse.add(connection);
    if (this.#prepared.has(raw.connection)) return connection;
    try {
      await prepareSession(raw, connection);
      this.#prepared.add(raw.connection);
      return connection;
    } catch (error) {
      connection.destroy();
      await this.releaseConnection(connection);
      throw error;
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const ours = connection as MysqlConnection;
    this.#inUse.delete(ours);
    ours.release();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const statements =
      settings.accessMode === 'read only'
        ? ['set transaction isolation level repeatable read', 'start transaction with consistent snapshot, read only']
        : ['begin'];
    // Sent without waiting in between: the server keeps the order.
    await Promise.all(statements.map((statement) => connection.executeQuery(CompiledQuery.raw(statement))));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** Closing the connection is a rollback as well. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } catch {
      (connection as MysqlConnection).destroy();
    }
  }

  async destroy(): Promise<void> {
    const end = this.#pool.end().catch(() => undefined);
    await Promise.race([end, setTimeout(LIMITS.closeTimeoutMs, undefined, { ref: false })]);
    for (const connection of this.#inUse) connection.destroy();
  }
}

class MysqlConnection implements DatabaseConnection {
  readonly #raw: PoolConnection;
  readonly #timeoutMs: number;
  #isDestroyed = false;

  constructor(raw: PoolConnection, timeoutMs: number) {
    this.#raw = raw;
    this.#timeoutMs = timeoutMs;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const answer =
      parameters.length === 0
        ? this.#raw.query<RowDataPacket[] | ResultSetHeader>(sql)
        : this.#raw.execute<RowDataPacket[] | ResultSetHeader>(sql, parameters.map(encodeParameter));
    const [result] = await this.#within(answer, sql);
    if (Array.isArray(result)) return { rows: result as Row[] };
    return { numAffectedRows: BigInt(result.affectedRows), rows: [] };
  }

  // biome-ignore lint/correctness/useYield: the interface demands it, nothing here streams.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the mysql driver does not stream');
  }

  release(): void {
    if (!this.#isDestroyed) this.#raw.release();
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#raw.destroy();
  }

  /** mysql2's own time-out leaves the connection in the middle of an answer, and does not count the time to prepare. */
  async #within<Answer>(answer: Promise<Answer>, sql: string): Promise<Answer> {
    const expired = Promise.withResolvers<never>();
    const timer = globalThis.setTimeout(() => {
      this.destroy();
      const text = sql.length > 100 ? `${sql.slice(0, 100)}...` : sql;
      expired.reject(new MysqlTimeoutError(`the server did not answer within ${this.#timeoutMs} ms: ${text}`));
    }, this.#timeoutMs);
    try {
      return await Promise.race([answer, expired.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Integers are sent as decimal text, which both servers compare exactly; as a double they would not be. */
function encodeParameter(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value.toString();
  throw new Error(`a parameter of type ${typeof value} is not supported`);
}

async function acquire(pool: Pool): Promise<PoolConnection> {
  const waiting = pool.getConnection();
  const expired = Promise.withResolvers<never>();
  const timer = globalThis.setTimeout(() => {
    waiting.then(
      (late) => late.release(),
      () => undefined,
    );
    expired.reject(new MysqlTimeoutError(`no connection was free within ${LIMITS.acquireTimeoutMs} ms`));
  }, LIMITS.acquireTimeoutMs);
  try {
    return await Promise.race([waiting, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sets what every statement relies on, whatever the server's defaults are. */
async function prepareSession(raw: PoolConnection, connection: MysqlConnection): Promise<void> {
  // Without a listener, an error of an idle connection would end the process; its next user meets it anyway.
  raw.connection.on('error', () => undefined);
  const statements = [
    'set session transaction isolation level read committed',
    `set session time_zone = '+00:00', session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', session autocommit = 1`,
    `set session wait_timeout = ${LIMITS.sessionIdleTimeoutS}, session innodb_lock_wait_timeout = ${LIMITS.lockWaitTimeoutS}`,
  ];
  await Promise.all(statements.map((statement) => connection.executeQuery(CompiledQuery.raw(statement))));
}
