import { sql } from 'kysely';
import type { SqlFailure, SqlFlavor } from '../sql/sql-flavor.ts';

/** SQLite: a write transaction locks the whole file, the clock is the process's (all processes share one machine), tables are strict. */
export function sqliteFlavor(path: string): SqlFlavor {
  return {
    location: path,
    hasRowLocks: false,
    nowMs: () => sql<number>`${Date.now()}`,
    columnTypes: {
      integer: sql`integer`,
      key: sql`text`,
      timestamp: sql`text`,
      document: sql`text`,
    },
    tableOptions: async () => 'strict',
    classify: classifySqliteError,
  };
}

/** Primary result codes, https://www.sqlite.org/rescode.html; the extended ones carry them in their low byte. */
const PRIMARY_CODE_MASK = 0xff;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const TOOBIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOTADB = 26;

/** Undefined for what is no error of SQLite. */
export function classifySqliteError(error: unknown): SqlFailure | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const { message } = error;
  switch (error.errcode & PRIMARY_CODE_MASK) {
    case BUSY:
    case LOCKED:
      return {
        category: 'transient',
        kind: 'serviceUnavailable',
        message: `another process holds the file: ${message}`,
      };
    case CONSTRAINT:
    case MISMATCH:
    case TOOBIG:
      return { category: 'constraint', kind: 'internal', message };
    case FULL:
      return { category: 'environment', kind: 'diskLimitExceeded', message: `no space left: ${message}` };
    case CANTOPEN:
    case READONLY:
      return {
        category: 'environment',
        kind: 'serviceUnavailable',
        message: `the file and its folder must be writable for this user: ${message}`,
      };
    case CORRUPT:
    case NOTADB:
      return {
        category: 'environment',
        kind: 'internal',
        message: `the file is damaged or no SQLite database, restore it from a backup: ${message}`,
      };
    case IOERR:
      return {
        category: 'environment',
        kind: 'storageFailed',
        message: `reading or writing the disk failed: ${message}`,
      };
    default:
      return { category: 'environment', kind: 'internal', message };
  }
}
