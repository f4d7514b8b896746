import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BraidError } from '../core/errors.ts';
import type { Config } from './config.ts';

/** The name of this node: `node.id` if it is set, else one that is made up at the first start and kept in the data folder's file `node-id`. */
export async function loadNodeId(config: Config): Promise<string> {
  if (config.node.id !== undefined) return config.node.id;
  const path = join(config.dataFolder, 'node-id');
  try {
    await mkdir(config.dataFolder, { recursive: true });
    return (await readNodeId(path)) ?? (await createNodeId(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BraidError('storageFailed', `the data folder ${config.dataFolder} cannot be used: ${reason}`, { cause });
  }
}

async function createNodeId(path: string): Promise<string> {
  const made = `node-${randomBytes(6).toString('hex')}`;
  await using file = await open(path, 'w');
  await file.writeFile(`${made}\n`);
  await file.sync();
  return made;
}

/** Undefined when there is none, or when a crash left it empty. */
async function readNodeId(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || undefined;
}
