import { type Static, Type } from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';
import { tlsOptions } from '../../tls-files.ts';
import { METADATA_LIMITS } from '../limits.ts';

const LIMITS = METADATA_LIMITS.mysql;

export const MYSQL_DEFAULTS = {
  host: '127.0.0.1',
  port: 3306,
  user: 'braid',
  password: '',
  database: 'braid',
  poolSize: LIMITS.poolSize,
  connectTimeoutMs: LIMITS.connectTimeoutMs,
  statementTimeoutMs: LIMITS.statementTimeoutMs,
} as const;

export const mysqlOptions = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        default: MYSQL_DEFAULTS.host,
        description: 'The primary, never a replica: it lags behind. With tls a name, not an address.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({ default: MYSQL_DEFAULTS.port, minimum: 1, maximum: 65_535, description: 'Port of the server.' }),
    ),
    user: Type.Optional(
      Type.String({ default: MYSQL_DEFAULTS.user, description: 'Needs all rights on the tables of the database.' }),
    ),
    password: Type.Optional(secretText({ default: MYSQL_DEFAULTS.password, description: 'Its password.' })),
    database: Type.Optional(
      Type.String({
        default: MYSQL_DEFAULTS.database,
        minLength: 1,
        maxLength: 64,
        description: 'Created if it does not exist and the user may; one per cluster.',
      }),
    ),
    tls: Type.Optional(tlsOptions),
    poolSize: Type.Optional(
      Type.Integer({
        default: MYSQL_DEFAULTS.poolSize,
        minimum: 2,
        maximum: LIMITS.poolSizeMax,
        description: 'Connections at most.',
      }),
    ),
    connectTimeoutMs: Type.Optional(
      durationMs({ default: MYSQL_DEFAULTS.connectTimeoutMs, minimum: 1, description: 'Until a connection stands.' }),
    ),
    statementTimeoutMs: Type.Optional(
      durationMs({
        default: MYSQL_DEFAULTS.statementTimeoutMs,
        minimum: 1,
        description: 'One statement with its answer; a large view takes longer than a small one.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type MysqlOptions = Static<typeof mysqlOptions>;
