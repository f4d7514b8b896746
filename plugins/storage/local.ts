import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import Type from 'typebox';
import { BraidError } from '../../core/errors.ts';
import { definePlugin } from '../plugin.ts';
import { LocalStorage } from './local-storage.ts';
import { isNetworkMount } from './network-mount.ts';

/** Objects in a folder: of this machine, or one that all nodes mount. */
export default definePlugin({
  api: 1,
  kind: 'storage',
  name: 'local',
  options: Type.Object({
    path: Type.String({
      default: 'storage',
      minLength: 1,
      description: 'Folder of the objects; a relative path is below the data folder.',
    }),
    shared: Type.Boolean({
      default: true,
      description:
        'Whether every node sees the same folder: on one machine it does, otherwise it must be a mount such as NFS.',
    }),
    mapInPlace: Type.Optional(
      Type.Boolean({
        description:
          'Whether readers map segments where they lie instead of copying them to their cache folder first. By default: yes, except on a network mount, where a file that changes or vanishes under a mapping kills the process.',
      }),
    ),
  }),
  async open(options, host) {
    const folder = resolve(host.dataFolder, options.path);
    try {
      await mkdir(folder, { recursive: true });
      const mapInPlace = options.mapInPlace ?? !(await isNetworkMount(folder));
      const storage = new LocalStorage({ folder, shared: options.shared, mapInPlace });
      await storage.removeUnfinished();
      return storage;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BraidError('storageFailed', `the folder of the storage, ${folder}, cannot be used: ${reason}`, {
        cause,
      });
    }
  },
});
