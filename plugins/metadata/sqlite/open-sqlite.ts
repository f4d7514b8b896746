import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import { METADATA_LIMITS } from '../limits.ts';
import { retryTransient } from '../sql/retry-transient.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';
import { SqliteDialect } from './sqlite-dialect.ts';
import { sqliteFlavor } from './sqlite-flavor.ts';

/**
 * Opens the file, twice: one connection writes, one reads. In write-ahead mode neither waits for the other, in this process or in another one of the same
 * machine. Every commit is on the disk before it is answered (`synchronous = full`).
 */
export async function openSqlite(path: string, host: Pick<PluginHost, 'logger' | 'signal'>): Promise<SqlDatabase> {
  const flavor = sqliteFlavor(path);
  using opened = new DisposableStack();
  const connect = (pragmas: string) => retryTransient(flavor, host, async () => connectSqlite(path, pragmas));
  try {
    mkdirSync(dirname(path), { recursive: true });
    const writer = opened.use(await connect('pragma journal_mode = wal; pragma synchronous = full'));
    assertWriteAheadMode(writer, path);
    const reader = opened.use(await connect('pragma query_only = on'));
    const connections = opened.move();
    return {
      flavor,
      reads: new Kysely<Tables>({ dialect: new SqliteDialect(reader) }),
      writes: new Kysely<Tables>({ dialect: new SqliteDialect(writer) }),
      [Symbol.asyncDispose]: async () => connections.dispose(),
    };
  } catch (error) {
    if (error instanceof BraidError) throw error;
    throw new BraidError('serviceUnavailable', `metadata file ${path} cannot be opened: ${describe(error)}`, {
      cause: error,
    });
  }
}

function connectSqlite(path: string, pragmas: string): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: METADATA_LIMITS.sqlite.busyTimeoutMs });
  try {
    connection.exec(pragmas);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function assertWriteAheadMode(connection: DatabaseSync, path: string): void {
  const mode = connection.prepare('pragma journal_mode').get()?.['journal_mode'];
  if (mode === 'wal') return;
  throw new BraidError(
    'internal',
    `metadata file ${path} is in journal mode ${mode}: its file system has no shared memory; use a local disk, or the mysql plugin`,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
