import { randomUUID } from 'node:crypto';
import { link, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, syncFolder, unlinkIfPresent } from '../durable-file.ts';

/** Beside the files of the log; its content is the id. */
const IDENTITY_FILE = 'identity';

/** The random name of the log in a folder, given to it now if it has none. Of writers that come at the same time one names it. */
export async function logIdentity(folder: string): Promise<string> {
  const path = join(folder, IDENTITY_FILE);
  const known = await readIfPresent(path);
  if (known !== undefined) return known;
  const id = randomUUID();
  const temporaryPath = `${path}.tmp-${id}`;
  try {
    await using handle = await open(temporaryPath, 'wx');
    await handle.writeFile(`${id}\n`);
    await handle.sync();
    await link(temporaryPath, path);
    await syncFolder(folder);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlinkIfPresent(temporaryPath);
  }
  return (await readIfPresent(path)) ?? id;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
