import { isIP } from 'node:net';
import { Kysely, sql } from 'kysely';
import type { PoolOptions, SslOptions } from 'mysql2/promise';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import { readTlsFiles, type TlsOptions } from '../../tls-files.ts';
import { METADATA_LIMITS } from '../limits.ts';
import { retryTransient } from '../sql/retry-transient.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';
import { MysqlDialect } from './mysql-dialect.ts';
import { mysqlFlavor } from './mysql-flavor.ts';
import { MYSQL_DEFAULTS, type MysqlOptions } from './mysql-options.ts';

const LIMITS = METADATA_LIMITS.mysql;

/** Connects, and creates the database if it is missing; its tables are not looked at. Throws a BraidError that says what to do. */
export async function openMysql(options: MysqlOptions, host: PluginHost): Promise<SqlDatabase> {
  const settings: MysqlSettings = { ...MYSQL_DEFAULTS, ...options };
  const flavor = mysqlFlavor(`${settings.host}:${settings.port}/${settings.database}`);
  const serverOptions = await serverOptionsFor(settings, host.configFolder);
  const { createPool } = await import('mysql2/promise');
  const open = (poolOptions: PoolOptions) =>
    new Kysely<Tables>({ dialect: new MysqlDialect(createPool(poolOptions), settings.statementTimeoutMs) });
  await retryTransient(flavor, host, async () => {
    const kysely = open(serverOptions);
    try {
      await ensureDatabase(kysely, settings);
    } finally {
      await kysely.destroy();
    }
  });
  const kysely = open({ ...serverOptions, database: settings.database });
  return { flavor, reads: kysely, writes: kysely, [Symbol.asyncDispose]: () => kysely.destroy() };
}

type MysqlSettings = MysqlOptions & Required<Omit<MysqlOptions, 'tls'>>;

/** The database may exist although the user is not allowed to see the list: `use` is the question that counts. */
async function ensureDatabase(kysely: Kysely<Tables>, settings: MysqlSettings): Promise<void> {
  const name = sql.id(settings.database);
  await kysely.connection().execute(async (connection) => {
    try {
      await sql`use ${name}`.execute(connection);
      return;
    } catch (error) {
      if (!hasCode(error, 'ER_BAD_DB_ERROR') && !hasCode(error, 'ER_DBACCESS_DENIED_ERROR')) throw error;
    }
    try {
      await sql`create database if not exists ${name} character set utf8mb4`.execute(connection);
    } catch (error) {
      if (!hasCode(error, 'ER_DBACCESS_DENIED_ERROR')) throw error;
      throw new BraidError(
        'internal',
        `database ${settings.database} does not exist or user ${settings.user} has no rights on it; as an administrator run: ` +
          `CREATE DATABASE IF NOT EXISTS \`${settings.database}\` CHARACTER SET utf8mb4; ` +
          `GRANT ALL ON \`${settings.database}\`.* TO '${settings.user}'@'%';`,
        { cause: error },
      );
    }
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** All but the database, which may not exist yet. */
async function serverOptionsFor(settings: MysqlSettings, configFolder: string): Promise<PoolOptions> {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    ...(settings.tls && { ssl: await tlsSettings(settings.tls, settings.host, configFolder) }),
    charset: 'utf8mb4_bin',
    connectTimeout: settings.connectTimeoutMs,
    connectionLimit: settings.poolSize,
    maxIdle: 1,
    idleTimeout: LIMITS.connectionIdleMs,
    gracefulEnd: true,
    queueLimit: LIMITS.acquireQueueLength,
    maxPreparedStatements: LIMITS.statementsCached,
    supportBigNumbers: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
  };
}

/** Certificates are always verified, the name of the host included; mysql2 cannot do that for an address. */
async function tlsSettings(tls: TlsOptions, host: string, configFolder: string): Promise<SslOptions> {
  if (isIP(host)) {
    throw new BraidError('internal', `metadata.host is the address ${host}: tls needs the name in the certificate`);
  }
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    verifyIdentity: true,
    ...(await readTlsFiles(tls, configFolder, 'metadata.with.tls')),
  };
}
