import { type Logger, type LoggerOptions, pino } from 'pino';
import { BraidError } from '../../core/errors.ts';
import { currentCall } from './call-scope.ts';
import { callFields, ECS_VERSION, ecsFields } from './ecs-fields.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The process that logs. */
export interface LogSource {
  readonly serviceName: string;
  readonly nodeId: string;
  readonly roles: readonly string[];
}

/**
 * One JSON line per event on standard output, in fields of the Elastic Common Schema. Lines that are written while a call is under way carry its request id and, when it
 * is traced, its trace and span. Secrets, vectors and values of rows do not get into it (redact.ts). The level may be changed at any time.
 */
export function createLogger(level: LogLevel, source: LogSource): Logger {
  const options: LoggerOptions = {
    level,
    base: {
      'ecs.version': ECS_VERSION,
      'service.name': source.serviceName,
      'service.type': 'braid',
      'service.node.name': source.nodeId,
      'service.node.roles': source.roles,
    },
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    mixin: () => {
      const call = currentCall();
      return call ? callFields(call) : {};
    },
    formatters: {
      level: (label) => ({ 'log.level': label }),
      log: ecsFields,
    },
    // Errors are fields by now; pino would make a nested object of what is left under this name.
    serializers: {},
  };
  return pino(options);
}

/**
 * What `/log/level` does, in Milvus' shape (zap's level handler): the level that is set, and, given a JSON body such as `{"level": "debug"}`, another one.
 * Milvus' words are taken, too: `panic` and `dpanic` mean `fatal`.
 */
export function logLevelPage(logger: Logger, body?: string): { readonly level: string } {
  if (body !== undefined) logger.level = parseLevel(body);
  return { level: logger.level };
}

function parseLevel(body: string): LogLevel {
  const level = levelIn(body);
  const known = level === 'panic' || level === 'dpanic' ? 'fatal' : level;
  const found = LOG_LEVELS.find((name) => name === known);
  if (found) return found;
  const message = `log level ${JSON.stringify(level)} is invalid: give {"level": "…"} with one of ${LOG_LEVELS.join(', ')}`;
  throw new BraidError('parameterInvalid', message);
}

function levelIn(body: string): string {
  try {
    const { level } = JSON.parse(body) as { readonly level?: unknown };
    return String(level ?? '').toLowerCase();
  } catch {
    return (new URLSearchParams(body).get('level') ?? '').toLowerCase();
  }
}
