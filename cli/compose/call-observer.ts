import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { redactFilter } from '../../core/filter/redact-filter.ts';
import type { CallObserver, CallReport } from '../../router/api/call-report.ts';
import { AccessLog } from '../../telemetry/log/access-log.ts';
import type { SlowQueries, SlowQuery } from '../../telemetry/log/slow-queries.ts';
import { countCall, queryTypeOf } from './count-call.ts';
import { countDefinition } from './count-definitions.ts';
import type { ProcessParts } from './process-parts.ts';

export interface CallLogs {
  readonly slowQueries: SlowQueries;
  /** Undefined: none is kept. */
  readonly accessLog: AccessLog | undefined;
}

export function openAccessLog({ dataFolder, telemetry }: Config, logger: Logger): AccessLog | undefined {
  const { enabled, file, format, formats } = telemetry.accessLog;
  if (!enabled) return undefined;
  const log = new AccessLog({ file: file && resolve(dataFolder, file), format, formats });
  log.onError((err) => logger.error({ err }, 'lines of the access log are lost'));
  return log;
}

/** From every call to Prometheus, the log, the access log and the slow queries. */
export function callObserver(
  { config, metrics, logger }: ProcessParts,
  { slowQueries, accessLog }: CallLogs,
): CallObserver {
  let running = 0;
  metrics.requestsRunningSampled.add(() => [{ labels: {}, value: running }]);
  return {
    callStarted: () => {
      running++;
    },
    callEnded: (report) => {
      running--;
      countCall(metrics, report);
      countDefinition(metrics, report);
      if (report.code === 0) {
        if (logger.isLevelEnabled('debug')) logger.debug(callFields(report), 'call');
      } else logger.info(callFields(report), 'call failed');
      accessLog?.write(accessEntry(report, config));
      if (report.plan && report.durationMs > slowQueries.thresholdMs) {
        const query = slowQuery(report, report.plan);
        slowQueries.add(query);
        metrics.slowReads.of(queryTypeOf(report.method)).inc();
        logger.warn(slowFields(report, query), 'slow query');
      }
    },
    answerSent: (api, method, byteLength) => {
      if (api === 'rest') metrics.restBytesSent.of(method).inc(byteLength);
      if (queryTypeOf(method) !== '') metrics.bytesSent.of().inc(byteLength);
    },
  };
}

const NANOSECONDS_PER_MS = 1_000_000;

/** In ECS names. */
function callFields(report: CallReport): Record<string, unknown> {
  const { api, database, client, clientSentMs } = report;
  const failure = { 'error.code': String(report.code), 'error.message': report.reason };
  return {
    'event.category': ['api'],
    'event.action': report.method,
    'event.outcome': report.code === 0 ? 'success' : 'failure',
    'event.duration': Math.round(report.durationMs * NANOSECONDS_PER_MS),
    'http.request.id': report.requestId,
    ...(report.traceId !== '' && { 'trace.id': report.traceId, 'span.id': report.spanId }),
    ...(report.code !== 0 && failure),
    ...(report.peer !== '' && { 'client.address': report.peer }),
    ...(report.user !== '' && { 'user.name': report.user }),
    ...(report.userAgent !== '' && { 'user_agent.original': report.userAgent }),
    api,
    database,
    client,
    clientSentMs,
  };
}

function accessEntry(report: CallReport, { telemetry }: Config): Parameters<AccessLog['write']>[0] {
  const { subject } = report;
  const { serviceName, accessLog } = telemetry;
  return {
    method: report.method,
    code: report.code,
    reason: report.reason,
    isInputError: report.isInputError,
    traceId: report.traceId,
    userAddress: report.peer,
    userName: report.user,
    sdk: report.userAgent,
    database: report.database,
    cluster: serviceName,
    plan: report.plan,
    endedMs: Date.now(),
    durationMs: report.durationMs,
    collection: () => subject().collection,
    partitions: () => subject().partitions,
    readParameters: report.readParameters,
    filter: () => (accessLog.filterValues ? subject().filter : redactFilter(subject().filter)),
    responseBytes: report.responseBytes,
  };
}

function slowQuery(report: CallReport, plan: SlowQuery['plan']): SlowQuery {
  const { collection, partitions, filter } = report.subject();
  return {
    time: new Date(Date.now() - report.durationMs).toISOString(),
    api: report.api,
    method: report.method,
    database: report.database,
    collection,
    partitions,
    filter: redactFilter(filter),
    requestId: report.requestId,
    traceId: report.traceId,
    clientAddress: report.peer,
    user: report.user,
    durationMs: report.durationMs,
    code: report.code,
    reason: report.reason,
    plan,
  };
}

function slowFields(report: CallReport, { collection, partitions, filter, plan }: SlowQuery): Record<string, unknown> {
  return { ...callFields(report), collection, partitions, filter, plan };
}
