import type { SqlFailure } from '../sql/sql-flavor.ts';

/** A statement or a connection took longer than it may; its connection is given up. */
export class MysqlTimeoutError extends Error {
  override readonly name = 'MysqlTimeoutError';
}

/**
 * Faults that pass: the server was busy, went away, came back or was not yet there. Whether a COMMIT among them took effect is not known; running the
 * transaction again is safe because every verb survives that. Names are the server's (errmsg-utf8.txt of MariaDB and MySQL), Node's and mysql2's.
 */
const TRANSIENT = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_ABORTING_CONNECTION',
  'ER_NET_READ_ERROR',
  'ER_NET_READ_INTERRUPTED',
  'ER_NET_ERROR_ON_WRITE',
  'ER_NET_WRITE_INTERRUPTED',
  'ER_NET_PACKETS_OUT_OF_ORDER',
  'ER_ERROR_DURING_COMMIT',
  // A former primary that was made read-only, until clients are led to the new one.
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ERROR',
  'PROTOCOL_UNEXPECTED_PACKET',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

const CONSTRAINT = new Set([
  'ER_DUP_ENTRY',
  'ER_DUP_ENTRY_WITH_KEY_NAME',
  'ER_DATA_TOO_LONG',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_BAD_NULL_ERROR',
  'ER_NET_PACKET_TOO_LARGE',
]);

/** What an operator is told, by the server's name of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR: 'the server refuses the user or the password',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'the server refuses the user without a password',
  ER_HOST_NOT_PRIVILEGED: 'the server accepts no connections from this machine',
  ER_HOST_IS_BLOCKED: 'the server has blocked this machine, run: mariadb-admin flush-hosts',
  ER_DBACCESS_DENIED_ERROR: 'the user has no rights on the database',
  ER_TABLEACCESS_DENIED_ERROR: 'the user lacks a right on a table',
  ER_BAD_DB_ERROR: 'the database does not exist',
  HANDSHAKE_NO_SSL_SUPPORT: 'the server does not offer TLS, but it is configured here',
};

/** mysql2's texts of errors that have no code, and of a handshake of TLS that the network broke off. */
const TRANSIENT_TEXT = /^Queue limit reached|in closed state|before secure TLS connection was established|ECONNRESET/;

/** Undefined for what is no error of the server, the network or mysql2. */
export function classifyMysqlError(error: unknown): SqlFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  if (error instanceof MysqlTimeoutError) return transient(message);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TRANSIENT.has(code)) return transient(`the server cannot be reached or is busy: ${message} (${code})`);
  if (CONSTRAINT.has(code)) return { category: 'constraint', kind: 'internal', message };
  const advice = ADVICE[code];
  if (advice) return { category: 'environment', kind: 'internal', message: `${advice}: ${message}` };
  if (TRANSIENT_TEXT.test(message)) return transient(message);
  const isOfDriver = code.startsWith('ER_') || ('fatal' in error && error.fatal === true);
  return isOfDriver ? { category: 'environment', kind: 'internal', message: `${message} (${code})` } : undefined;
}

function transient(message: string): SqlFailure {
  return { category: 'transient', kind: 'serviceUnavailable', message };
}
