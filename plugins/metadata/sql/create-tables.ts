import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { JobTable } from './change-job.ts';
import type { SqlFlavor } from './sql-flavor.ts';
import type { Tables } from './tables.ts';

/**
 * The first migration. MySQL commits each statement by itself, so each must be repeatable: a table comes with its indexes, and those that are only for
 * speed are unique constraints that end with the primary key, because no other index can be declared inside `create table` in both databases.
 */
export async function createTables(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  const table = await tableMaker(database, flavor);
  await createClusterTables(table, flavor);
  await createCatalogTables(table, flavor);
  await createSegmentTables(table, flavor);
  await insertClusterRow(database);
}

/** A later migration: bulk imports. */
export async function createImportTables(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  await createJobTable('braid_import_jobs', database, flavor);
}

/** A later migration: compactions that clients asked for. */
export async function createCompactionTable(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  await createJobTable('braid_compaction_jobs', database, flavor);
}

async function createJobTable(name: JobTable, database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  const table = await tableMaker(database, flavor);
  const { integer, document } = flavor.columnTypes;
  await table(name)
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('document', document, (column) => column.notNull())
    .execute();
}

/** A later migration: users, roles and groups of privileges. */
export async function createAccessTables(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  const table = await tableMaker(database, flavor);
  const { integer, key, document } = flavor.columnTypes;
  await table('braid_access')
    .addColumn('kind', key, (column) => column.notNull())
    .addColumn('name', key, (column) => column.notNull())
    .addColumn('document', document, (column) => column.notNull())
    .addPrimaryKeyConstraint('braid_access_key', ['kind', 'name'])
    .execute();
  await table('braid_access_version')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('version', integer, (column) => column.notNull())
    .execute();
}

/** A later migration: which log the last writer wrote. */
export async function createLogTable(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  const table = await tableMaker(database, flavor);
  const { integer, key } = flavor.columnTypes;
  await table('braid_log')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('log_id', key, (column) => column.notNull())
    .execute();
}

/** A later migration: resource groups. */
export async function createResourceGroupTable(database: Kysely<Tables>, flavor: SqlFlavor): Promise<void> {
  const table = await tableMaker(database, flavor);
  const { key, document } = flavor.columnTypes;
  await table('braid_resource_groups')
    .addColumn('name', key, (column) => column.primaryKey().notNull())
    .addColumn('document', document, (column) => column.notNull())
    .execute();
}

type TableMaker = (name: keyof Tables) => CreateTableBuilder<string>;

async function tableMaker(database: Kysely<Tables>, flavor: SqlFlavor): Promise<TableMaker> {
  const options = sql.raw(await flavor.tableOptions(database));
  return (name) => database.schema.createTable(name).ifNotExists().modifyEnd(options);
}

async function createClusterTables(table: TableMaker, { columnTypes }: SqlFlavor): Promise<void> {
  const { integer, key, timestamp } = columnTypes;
  await table('braid_cluster')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('term', integer, (column) => column.notNull())
    .addColumn('holder', key)
    .addColumn('lease_expires_at_ms', integer, (column) => column.notNull())
    .addColumn('catalog_version', integer, (column) => column.notNull())
    .addColumn('next_id', integer, (column) => column.notNull())
    .addColumn('timestamp_bound', timestamp, (column) => column.notNull())
    .execute();
  await table('braid_operations')
    .addColumn('id', key, (column) => column.primaryKey().notNull())
    .addColumn('catalog_version', integer, (column) => column.notNull())
    .addColumn('term', integer, (column) => column.notNull())
    .addUniqueConstraint('braid_operations_by_version', ['catalog_version'])
    .execute();
}

async function createCatalogTables(table: TableMaker, { columnTypes }: SqlFlavor): Promise<void> {
  const { integer, key, timestamp, document } = columnTypes;
  await table('braid_databases')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('name', key, (column) => column.notNull())
    .addColumn('document', document, (column) => column.notNull())
    .addUniqueConstraint('braid_databases_by_name', ['name'])
    .execute();
  await table('braid_collections')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('database_id', integer, (column) => column.notNull())
    .addColumn('name', key, (column) => column.notNull())
    .addColumn('document', document, (column) => column.notNull())
    .addUniqueConstraint('braid_collections_by_name', ['database_id', 'name'])
    .execute();
  await table('braid_aliases')
    .addColumn('database_id', integer, (column) => column.notNull())
    .addColumn('name', key, (column) => column.notNull())
    .addColumn('collection_id', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('braid_aliases_key', ['database_id', 'name'])
    .addUniqueConstraint('braid_aliases_by_collection', ['collection_id', 'database_id', 'name'])
    .execute();
  await table('braid_views')
    .addColumn('collection_id', integer, (column) => column.primaryKey())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('sealed_timestamp', timestamp, (column) => column.notNull())
    .addColumn('checkpoint_position', document)
    .addColumn('checkpoint_timestamp', timestamp)
    .execute();
}

async function createSegmentTables(table: TableMaker, { columnTypes }: SqlFlavor): Promise<void> {
  const { integer, key, timestamp, document } = columnTypes;
  await table('braid_segments')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('collection_id', integer, (column) => column.notNull())
    .addColumn('partition_id', integer, (column) => column.notNull())
    .addColumn('row_count', integer, (column) => column.notNull())
    .addColumn('byte_length', integer, (column) => column.notNull())
    .addColumn('prefix', key, (column) => column.notNull())
    .addColumn('files', document, (column) => column.notNull())
    .addColumn('schema_version', integer, (column) => column.notNull())
    .addColumn('min_timestamp', timestamp, (column) => column.notNull())
    .addColumn('max_timestamp', timestamp, (column) => column.notNull())
    .addColumn('deletes_applied_timestamp', timestamp, (column) => column.notNull())
    .addColumn('deleted_count', integer, (column) => column.notNull())
    .addColumn('compacted_from', document, (column) => column.notNull())
    .addColumn('created_version', integer, (column) => column.notNull())
    .addColumn('retired_version', integer)
    .addColumn('retired_at_ms', integer)
    .addUniqueConstraint('braid_segments_by_prefix', ['prefix'])
    .addUniqueConstraint('braid_segments_by_collection', ['collection_id', 'retired_version', 'id'])
    .addUniqueConstraint('braid_segments_by_retirement', ['retired_at_ms', 'id'])
    .execute();
  await table('braid_delete_files')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('collection_id', integer, (column) => column.notNull())
    .addColumn('from_timestamp', timestamp, (column) => column.notNull())
    .addColumn('to_timestamp', timestamp, (column) => column.notNull())
    .addColumn('delete_count', integer, (column) => column.notNull())
    .addColumn('object_name', document, (column) => column.notNull())
    .addColumn('object_byte_length', integer, (column) => column.notNull())
    .addColumn('object_crc32c', integer, (column) => column.notNull())
    .addColumn('retired_version', integer)
    .addColumn('retired_at_ms', integer)
    .addUniqueConstraint('braid_delete_files_by_collection', ['collection_id', 'retired_version', 'id'])
    .addUniqueConstraint('braid_delete_files_by_retirement', ['retired_at_ms', 'id'])
    .execute();
}

async function insertClusterRow(database: Kysely<Tables>): Promise<void> {
  const existing = await database.selectFrom('braid_cluster').select('id').executeTakeFirst();
  if (existing) return;
  await database
    .insertInto('braid_cluster')
    .values({
      id: 1,
      term: 0,
      holder: null,
      lease_expires_at_ms: 0,
      catalog_version: 0,
      next_id: 1,
      timestamp_bound: '0',
    })
    .execute();
}
