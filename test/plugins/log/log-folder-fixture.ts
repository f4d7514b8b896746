import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteAheadLog } from '../../../plugins/log/log.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { LogFixture } from '../../contract/log-contract.ts';
import { silentHost } from '../test-host.ts';

export interface FolderFixture extends LogFixture {
  readonly folder: string;
  readonly warnings: string[];
  openWith(fileBytes: number): Promise<WriteAheadLog>;
}

/** A log in a fresh folder (below `parent`), with small files so that every test meets rotation. */
export async function createLogFolder(fileBytes = 4096, parent = tmpdir()): Promise<FolderFixture> {
  const dataFolder = await mkdtemp(join(parent, 'braid-log-'));
  const warnings: string[] = [];
  const { logger, ...host } = silentHost(dataFolder);
  const warn = (_fields: object, message: string): void => void warnings.push(message);
  const listening = { ...host, logger: { ...logger, warn } };
  const openWith = (fileBytesHere: number): Promise<WriteAheadLog> =>
    openPlugin('log', { use: 'file', with: { fileBytes: fileBytesHere } }, listening);
  return {
    folder: join(dataFolder, 'wal'),
    warnings,
    openWith,
    open: () => openWith(fileBytes),
    [Symbol.asyncDispose]: () => rm(dataFolder, { recursive: true, force: true }),
  };
}
