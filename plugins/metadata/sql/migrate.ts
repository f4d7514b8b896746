import { type Migration, Migrator } from 'kysely/migration';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import {
  createAccessTables,
  createCompactionTable,
  createImportTables,
  createLogTable,
  createResourceGroupTable,
  createTables,
} from './create-tables.ts';
import { retryTransient } from './retry-transient.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { SqlFlavor } from './sql-flavor.ts';

/**
 * Brings the tables up to this version of the program. Any number of processes may do it at once. Tables that a newer version has changed are refused: it
 * would have to be known that this one still understands them.
 */
export async function migrate(database: SqlDatabase, host: Pick<PluginHost, 'logger' | 'signal'>): Promise<void> {
  const { flavor } = database;
  const migrations = migrationsFor(flavor);
  const migrator = new Migrator({
    db: database.writes,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'braid_migrations',
    migrationLockTableName: 'braid_migrations_lock',
  });
  await retryTransient(flavor, host, async () => {
    const known = Object.keys(migrations);
    const { error, results } = await migrator.migrateToLatest();
    if (error === undefined) {
      for (const { migrationName } of results ?? []) {
        host.logger.info({ location: flavor.location, migrationName }, 'metadata tables migrated');
      }
      return;
    }
    // The migrator has no error class for it, only this text.
    if (error instanceof Error && error.message.startsWith('corrupted migrations')) {
      throw new BraidError(
        'internal',
        `metadata in ${flavor.location} was written by another version of braid; this one knows ${known.join(', ')}`,
        { cause: error },
      );
    }
    throw error;
  });
}

/** In the order of their names. A released one is never changed: the next change is a new entry. */
function migrationsFor(flavor: SqlFlavor): Record<string, Migration> {
  return {
    '0001_create_tables': { up: (database) => createTables(database, flavor) },
    '0002_create_import_tables': { up: (database) => createImportTables(database, flavor) },
    '0003_create_access_tables': { up: (database) => createAccessTables(database, flavor) },
    '0004_create_log_table': { up: (database) => createLogTable(database, flavor) },
    '0005_create_resource_group_table': { up: (database) => createResourceGroupTable(database, flavor) },
    '0006_create_compaction_table': { up: (database) => createCompactionTable(database, flavor) },
  };
}
