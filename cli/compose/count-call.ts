import type { CallReport } from '../../router/api/call-report.ts';
import type { QueryPlan } from '../../telemetry/log/slow-queries.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** Milvus' `query_type` of the calls that read. */
const READS: ReadonlyMap<string, string> = new Map([
  ['Search', 'search'],
  ['HybridSearch', 'hybrid_search'],
  ['Query', 'query'],
  ['entities/search', 'search'],
  ['entities/advanced_search', 'hybrid_search'],
  ['entities/hybrid_search', 'hybrid_search'],
  ['entities/query', 'query'],
  ['entities/get', 'query'],
]);

/** Milvus' `msg_type` of the calls that write. */
const MUTATIONS: ReadonlyMap<string, string> = new Map([
  ['Insert', 'insert'],
  ['Upsert', 'upsert'],
  ['Delete', 'delete'],
  ['entities/insert', 'insert'],
  ['entities/upsert', 'upsert'],
  ['entities/delete', 'delete'],
]);

const NOWHERE: Place = ['', ''];

/** One call of a client in Milvus' metrics of its proxy. */
export function countCall(metrics: Metrics, report: CallReport): void {
  const { method, durationMs, code } = report;
  // Names are the client's word: only those that an answer was given for become labels.
  const place = code === 0 ? placeOf(metrics, report.database, report.subject().collection) : NOWHERE;
  const traceId = report.isTraced ? report.traceId : undefined;
  metrics.requests.of(method, 'total', ...place).inc();
  metrics.requests.of(method, code === 0 ? 'success' : 'fail', ...place).inc();
  metrics.requestLatencyMs.of(method).observe(durationMs, traceId);
  if (report.api === 'rest') {
    metrics.restRequests.of(method).inc();
    metrics.restLatencyMs.of(method).observe(durationMs);
    metrics.restBytesReceived.of(method).inc(report.requestBytes);
  }
  if (report.user !== '') metrics.callsOfUsers.of(metrics.userLabel.of(report.user)).inc();
  const queryType = READS.get(method);
  if (queryType && report.plan) countPlan(metrics, queryType, place[1], report.plan);
  if (code !== 0) return;
  if (queryType) metrics.readLatencyMs.of(queryType, ...place).observe(durationMs, traceId);
  const messageType = MUTATIONS.get(method);
  if (messageType) metrics.mutationLatencyMs.of(messageType, ...place).observe(durationMs, traceId);
  const kind = queryType ?? messageType;
  if (kind) metrics.bytesReceived.of(kind, place[1]).inc(report.requestBytes);
}

/** The name of Milvus' `query_type`; empty for what is no read. */
export function queryTypeOf(method: string): string {
  return READS.get(method) ?? '';
}

/** What a read asked for, and where its time went in the router. Phases of one name that came one after the other, or side by side, add up. */
function countPlan(metrics: Metrics, queryType: string, collection: string, { queryCount, phases }: QueryPlan): void {
  metrics.receivedQueries.of(queryType, collection).inc(Math.max(1, queryCount));
  let [routingMs, waitMs, reduceMs, fetchMs] = [0, 0, 0, 0];
  for (const { name, durationMs } of phases) {
    if (name === 'get_routing') routingMs += durationMs;
    else if (name === 'do_merge') reduceMs += durationMs;
    else if (name === 'do_fetch') fetchMs += durationMs;
    else waitMs += durationMs;
  }
  if (routingMs > 0) metrics.routingMs.of(queryType).observe(routingMs);
  if (waitMs > 0) metrics.waitResultMs.of(queryType).observe(waitMs);
  if (reduceMs > 0) metrics.reduceResultMs.of(queryType).observe(reduceMs);
  if (fetchMs > 0) metrics.fetchResultMs.of(queryType).observe(fetchMs);
}

/** Labels of a database and a collection. */
type Place = readonly [database: string, collection: string];

/** Within their bounds. */
export function placeOf({ databaseLabel, collectionLabel }: Metrics, database: string, collection: string): Place {
  return [databaseLabel.of(database), collectionLabel.of(collection)];
}
