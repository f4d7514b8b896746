import { definePlugin } from '../plugin.ts';
import { mysqlOptions } from './mysql/mysql-options.ts';
import { openMysql } from './mysql/open-mysql.ts';
import { migrate } from './sql/migrate.ts';
import { SqlMetadataStore } from './sql/sql-metadata-store.ts';

/**
 * Metadata in MySQL 8.0.17 or MariaDB 10.6 or later, for a cluster of machines. What was answered survives a crash of the server with its default
 * `innodb_flush_log_at_trx_commit = 1`, and the loss of the server only with a replica that had it (semi-synchronous or group replication, `sync_binlog = 1`).
 */
export default definePlugin({
  api: 1,
  kind: 'metadata',
  name: 'mysql',
  options: mysqlOptions,
  async open(options, host) {
    const database = await openMysql(options, host);
    try {
      await migrate(database, host);
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
    return new SqlMetadataStore(database, host);
  },
});
