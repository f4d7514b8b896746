import type { CallReport } from '../../router/api/call-report.ts';
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
  }
  if (code !== 0) return;
  const queryType = READS.get(method);
  if (queryType) metrics.readLatencyMs.of(queryType, ...place).observe(durationMs, traceId);
  const messageType = MUTATIONS.get(method);
  if (messageType) metrics.mutationLatencyMs.of(messageType, ...place).observe(durationMs, traceId);
}

/** Labels of a database and a collection. */
type Place = readonly [database: string, collection: string];

/** Within their bounds. */
export function placeOf({ databaseLabel, collectionLabel }: Metrics, database: string, collection: string): Place {
  return [databaseLabel.of(database), collectionLabel.of(collection)];
}
