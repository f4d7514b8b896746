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

const NOWHERE = { db_name: '', collection_name: '' };

/** One call of a client in Milvus' metrics of its proxy. */
export function countCall(metrics: Metrics, report: CallReport): void {
  const { method, durationMs, code } = report;
  // Names are the client's word: only those that an answer was given for become labels.
  const place = code === 0 ? placeOf(metrics, report.database, report.subject().collection) : NOWHERE;
  // prom-client's types want the names of labels here, too; an exemplar has its own.
  const exemplar = (report.isTraced ? { exemplarLabels: { trace_id: report.traceId } } : {}) as object;
  const at = <Labels extends object>(labels: Labels) => ({ labels, value: durationMs, ...exemplar });
  metrics.requests.inc({ function_name: method, ...place, status: 'total' });
  metrics.requests.inc({ function_name: method, ...place, status: code === 0 ? 'success' : 'fail' });
  metrics.requestLatencyMs.observe(at({ function_name: method }));
  if (report.api === 'rest') {
    metrics.restRequests.inc({ path: method });
    metrics.restLatencyMs.observe({ path: method }, durationMs);
  }
  if (code !== 0) return;
  const query_type = READS.get(method);
  if (query_type) metrics.readLatencyMs.observe(at({ query_type, ...place }));
  const msg_type = MUTATIONS.get(method);
  if (msg_type) metrics.mutationLatencyMs.observe(at({ msg_type, ...place }));
}

/** Labels of a database and a collection, within their bounds. */
export function placeOf({ databaseLabel, collectionLabel }: Metrics, database: string, collection: string) {
  return { db_name: databaseLabel.of(database), collection_name: collectionLabel.of(collection) };
}
