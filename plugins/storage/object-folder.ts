import { link, mkdir, opendir, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, syncFolder } from '../durable-file.ts';
import { STORAGE_LIMITS } from './limits.ts';

export interface FoundFile {
  readonly path: string;
  readonly byteLength: number;
  readonly modifiedAtMs: number;
}

/**
 * Gives a complete and synced file its final name, durably; the folders on the way are made. Throws EEXIST if the name is taken: nothing is ever
 * replaced.
 */
export async function linkDurably(existingPath: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolderDurably(dirname(path));
      await link(existingPath, path);
      return await syncFolder(dirname(path));
    } catch (error) {
      // NFS repeats requests whose answer was lost, and then finds its own success.
      if (hasCode(error, 'EEXIST') && (await isSameFile(existingPath, path))) return await syncFolder(dirname(path));
      // Whoever deleted the last other object of a folder has just removed it. A recursive mkdir that meets this says ENOTDIR.
      const isFolderGone = hasCode(error, 'ENOENT', 'ENOTDIR') && attempt < STORAGE_LIMITS.folderAttemptsMax;
      if (!isFolderGone) throw error;
    }
  }
}

/** All files below a folder, in no order; none if the folder is not there. Files that vanish meanwhile are left out. */
export async function* walkFiles(folder: string): AsyncGenerator<FoundFile> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* walkFiles(path);
      else if (entry.isFile()) yield* statFile(path);
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

async function* statFile(path: string): AsyncGenerator<FoundFile> {
  try {
    const { size, mtimeMs } = await stat(path);
    yield { path, byteLength: size, modifiedAtMs: mtimeMs };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Removes `folder` and those above it, below `root`, as long as they are empty. */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root; current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
      throw error;
    }
  }
}

async function makeFolderDurably(folder: string): Promise<void> {
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === firstMade) return;
  }
}

async function isSameFile(left: string, right: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(left), stat(right)]);
  return one.ino === other.ino && one.dev === other.dev;
}
