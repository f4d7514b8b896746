import { resolve } from 'node:path';
import { Type } from 'typebox';
import { definePlugin } from '../plugin.ts';
import { migrate } from './sql/migrate.ts';
import { SqlMetadataStore } from './sql/sql-metadata-store.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';

const DEFAULT_PATH = 'metadata.sqlite';

/**
 * Metadata in one SQLite file, for one machine: its processes may share the file, machines may not (never on NFS). Every commit is synced by the
 * process itself, which holds its event loop for the time of an fsync.
 */
export default definePlugin({
  api: 1,
  kind: 'metadata',
  name: 'sqlite',
  options: Type.Object(
    {
      path: Type.Optional(
        Type.String({
          default: DEFAULT_PATH,
          minLength: 1,
          description: 'The file, created if absent; a relative path is below the data folder. On a local disk.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  async open(options, host) {
    const database = await openSqlite(resolve(host.dataFolder, options.path ?? DEFAULT_PATH), host);
    try {
      await migrate(database, host);
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
    return new SqlMetadataStore(database, host);
  },
});
