import { type Logger, type LoggerOptions, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Fields whose value never reaches a log, at the top or one level below it. */
const SECRET_FIELDS = ['password', 'token', 'authorization', 'secret', 'apiKey'];

/**
 * One JSON line per event on standard output. Lines about a call carry `requestId` and, when it is traced, `traceId`: whoever handles a call logs through
 * `logger.child({ requestId, traceId })`.
 */
export function createLogger(level: LogLevel, fields: Readonly<Record<string, unknown>>): Logger {
  const options: LoggerOptions = {
    level,
    base: fields,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '****' },
  };
  return pino(options);
}
