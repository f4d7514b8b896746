import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { WRITER_LIMITS } from './limits.ts';
import { waitMs } from './wait.ts';

const LOCK_FILE = 'writer.lock';

/**
 * Says that one process at a time writes in a data folder. It is SQLite's lock on a file, so the kernel frees it when the process dies, however it dies:
 * whoever holds it knows that the former writer of this folder is gone, and may take over its lease at once. Not for folders on a network.
 */
export interface DataFolderLock extends Disposable {
  /** A random name of the folder, made when it was first used. Two folders have different ones, also when their nodes share a name. */
  readonly folderId: string;
}

/** Waits, with a word in the log now and then, until the folder is free. */
export async function lockDataFolder(
  dataFolder: string,
  logger: PluginLogger,
  signal: AbortSignal,
): Promise<DataFolderLock> {
  await mkdir(dataFolder, { recursive: true });
  let saidAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal.throwIfAborted();
    const lock = tryLock(dataFolder);
    if (lock) return lock;
    if (performance.now() - saidAtMs >= WRITER_LIMITS.standbyLogMs) {
      saidAtMs = performance.now();
      logger.info({ dataFolder }, 'waiting for another writer that uses the data folder');
    }
    await waitMs(WRITER_LIMITS.standbyPollMs, signal);
  }
}

function tryLock(dataFolder: string): DataFolderLock | undefined {
  const path = join(dataFolder, LOCK_FILE);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // In this mode the lock that the first transaction takes is kept until the file is closed.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    database.exec('CREATE TABLE IF NOT EXISTS folder (id TEXT NOT NULL)');
    const found = database.prepare('SELECT id FROM folder').get() as { id: string } | undefined;
    const folderId = found?.id ?? randomUUID();
    if (!found) database.prepare('INSERT INTO folder (id) VALUES (?)').run(folderId);
    database.exec('COMMIT');
    return { folderId, [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    const { message } = error as Error;
    throw new BraidError('internal', `the lock file ${path} cannot be used: ${message}`, { cause: error });
  }
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
}
