import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteAheadLog } from '../../../plugins/log/log.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginHost, PluginLogger } from '../../../plugins/plugin.ts';
import type { LogFixture } from '../../contract/log-contract.ts';

export interface FolderFixture extends LogFixture {
  readonly folder: string;
  readonly warnings: string[];
  openWith(fileBytes: number): Promise<WriteAheadLog>;
}

/** A log in a fresh folder (below `parent`), with small files so that every test meets rotation. */
export async function createLogFolder(fileBytes = 4096, parent = tmpdir()): Promise<FolderFixture> {
  const dataFolder = await mkdtemp(join(parent, 'braid-log-'));
  const warnings: string[] = [];
  const host: PluginHost = { logger: collecting(warnings), dataFolder, signal: new AbortController().signal };
  const openWith = (fileBytesHere: number): Promise<WriteAheadLog> =>
    openPlugin('log', { use: 'file', with: { fileBytes: fileBytesHere } }, host, dataFolder);
  return {
    folder: join(dataFolder, 'wal'),
    warnings,
    openWith,
    open: () => openWith(fileBytes),
    [Symbol.asyncDispose]: () => rm(dataFolder, { recursive: true, force: true }),
  };
}

function collecting(warnings: string[]): PluginLogger {
  const silent = (): void => {};
  return { debug: silent, info: silent, warn: (_fields, message) => void warnings.push(message), error: silent };
}
