import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import Type from 'typebox';
import { sizeBytes } from '../../config/setting-types.ts';
import { BraidError } from '../../core/errors.ts';
import { definePlugin } from '../plugin.ts';
import { FileLog } from './file-log.ts';
import { LOG_LIMITS } from './limits.ts';

/** The write-ahead log in files of a folder. Durable as soon as `append` resolves: every acknowledged record is behind an fdatasync. */
export default definePlugin({
  api: 1,
  kind: 'log',
  name: 'file',
  options: Type.Object({
    path: Type.String({
      default: 'wal',
      minLength: 1,
      description: 'Folder of the log; a relative path is below the data folder.',
    }),
    shared: Type.Boolean({
      default: false,
      description:
        'Whether a writer on another machine sees this folder too (NFS, exported with `sync` and mounted with `noac`). Only then can it take over without losing rows.',
    }),
    fileBytes: sizeBytes({
      default: LOG_LIMITS.fileBytes,
      minimum: 4096,
      description: 'Size at which a file is closed and the next one begun. Space is freed by whole files.',
    }),
  }),
  async open(options, host) {
    const folder = resolve(host.dataFolder, options.path);
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BraidError('storageFailed', `the folder of the log, ${folder}, cannot be written: ${reason}`, {
        cause,
      });
    }
    return FileLog.open({ folder, shared: options.shared, fileBytes: options.fileBytes, logger: host.logger });
  },
});
