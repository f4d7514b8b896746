import type { ShardObserver } from '../../node/api/observe-shard.ts';
import type { CallObserver, CallReport } from '../../router/api/call-report.ts';
import { NODE_CALL_KINDS, type RouterMetrics } from '../../router/cluster/router-metrics.ts';
import type { ProcessParts } from './process-parts.ts';

/** From what the rooms report to Prometheus and the log. */

export function shardObserver({ metrics, tracing }: ProcessParts): ShardObserver {
  return {
    tracer: tracing.tracer,
    answered: (call, durationMs, status) => metrics.nodeRequests.observe({ call, status }, durationMs),
  };
}

export function routerMetrics({ metrics }: ProcessParts): RouterMetrics {
  return {
    nodeCall: (call, address, durationMs, status) => {
      metrics.nodeCalls.inc({ call, address, status });
      metrics.nodeCallLatencyMs.observe({ call }, durationMs);
    },
    retry: (address) => metrics.retries.inc({ address }),
    writerAskedAgain: () => metrics.writerAskedAgain.inc(),
    resultCache: (outcome) => metrics.resultCacheReads.inc({ outcome }),
    catalogRefresh: (status) => metrics.catalogRefreshes.inc({ status }),
    fanOut: (nodeCount) => metrics.fanOut.observe(nodeCount),
    memberHealth: (address, health) => {
      metrics.memberHealth.set({ address }, health === 'healthy' ? 1 : 0);
      metrics.memberTransitions.inc({ address, health });
    },
    memberLeft: (address) => forgetMember(metrics, address),
    ejection: (address, reason) => metrics.ejections.inc({ address, reason }),
    hedge: (address, outcome) => metrics.hedges.inc({ address, outcome }),
  };
}

/** Where nodes get a new address at every start, those that are gone would fill the registry. */
function forgetMember(metrics: ProcessParts['metrics'], address: string): void {
  metrics.memberHealth.remove({ address });
  metrics.retries.remove({ address });
  for (const health of ['new', 'healthy', 'draining', 'ejected', 'down']) {
    metrics.memberTransitions.remove({ address, health });
  }
  for (const reason of ['failures', 'latency']) metrics.ejections.remove({ address, reason });
  for (const outcome of ['won', 'lost']) metrics.hedges.remove({ address, outcome });
  for (const call of NODE_CALL_KINDS) {
    for (const status of ['success', 'fail']) metrics.nodeCalls.remove({ call, address, status });
  }
}

const READS: ReadonlyMap<string, string> = new Map([
  ['Search', 'search'],
  ['entities/search', 'search'],
  ['Query', 'query'],
  ['entities/query', 'query'],
  ['entities/get', 'query'],
]);

export function callObserver({ metrics, logger }: ProcessParts): CallObserver {
  return {
    callStarted: () => metrics.requestsRunning.inc(),
    callEnded: (report) => {
      const status = report.code === 0 ? 'success' : 'fail';
      // The database is the client's word: only one that an answer was given for becomes a label.
      const labels = { function_name: report.method, db_name: report.code === 0 ? report.database : '' };
      metrics.requestsRunning.dec();
      metrics.requests.inc({ ...labels, status: 'total' });
      metrics.requests.inc({ ...labels, status });
      metrics.requestLatencyMs.observe({ function_name: report.method }, report.durationMs);
      const readKind = READS.get(report.method);
      if (readKind) metrics.readLatencyMs.observe({ query_type: readKind }, report.durationMs);
      if (report.code === 0) {
        if (logger.isLevelEnabled('debug')) logger.debug(callFields(report), 'call');
      } else logger.info(callFields(report), 'call failed');
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
    api,
    database,
    client,
    clientSentMs,
  };
}
