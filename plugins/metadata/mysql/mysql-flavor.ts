import { sql } from 'kysely';
import type { SqlFlavor } from '../sql/sql-flavor.ts';
import { classifyMysqlError } from './classify-mysql-error.ts';

/** MySQL 8.0.17 and MariaDB 10.6 or later. The session's time zone is UTC, so `now` is never ambiguous. */
export function mysqlFlavor(location: string): SqlFlavor {
  return {
    location,
    hasRowLocks: true,
    nowMs: () => sql<number>`cast(unix_timestamp(now(3)) * 1000 as unsigned)`,
    columnTypes: {
      integer: sql`bigint`,
      key: sql`varchar(255)`,
      timestamp: sql`varchar(20)`,
      document: sql`longtext`,
    },
    async tableOptions(database) {
      const { rows } = await sql<{ version: string }>`select version() as version`.execute(database);
      const isMariaDb = rows[0]?.version.includes('MariaDB') ?? false;
      // Both compare bytes and do not ignore trailing spaces, which utf8mb4_bin does.
      const collation = isMariaDb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
      return `engine = InnoDB default character set utf8mb4 collate ${collation}`;
    },
    classify: classifyMysqlError,
  };
}
