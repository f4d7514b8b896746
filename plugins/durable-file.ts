import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in a folder survive a power cut: needed after every create, rename and unlink (a file's own fsync does not cover its name). */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

/** Creates or replaces a small file: whoever reads it sees the old content or the whole new one, also after a crash. */
export async function writeFileDurably(path: string, content: string | Uint8Array): Promise<void> {
  const temporaryPath = `${path}.tmp-${process.pid}`;
  await using handle = await open(temporaryPath, 'w');
  await handle.writeFile(content);
  await handle.sync();
  await rename(temporaryPath, path);
  await syncFolder(dirname(path));
}

/** Opens a file that must not exist yet; undefined if it does. */
export async function createExclusively(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** A file that is not there any more is no error. */
export async function unlinkIfPresent(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(String((error as NodeJS.ErrnoException).code));
}

/** The disk, the quota or the file size limit is exhausted: room may come back, and the operation may be tried again. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
}
