import type { Registry } from 'prom-client';
import { BoundedLabel } from './bounded-label.ts';
import { LATENCY_BUCKETS_MS } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { COLLECTION_LABELS_MAX, DATABASE_LABELS_MAX } from './limits.ts';

/** What Milvus counts in its proxy, by its names and labels (internal/metrics/proxy_metrics.go), so that its dashboards work. */
export function proxyMetrics(registers: Registry[]) {
  const place = ['db_name', 'collection_name'] as const;
  const vectors = (kind: string, what: string) =>
    new CounterFamily({ name: `milvus_proxy_${kind}_vectors_count`, help: what, labelNames: place, registers });
  return {
    /** Bound the labels of that kind in this process. */
    collectionLabel: new BoundedLabel(COLLECTION_LABELS_MAX),
    databaseLabel: new BoundedLabel(DATABASE_LABELS_MAX),
    requests: new CounterFamily({
      name: 'milvus_proxy_req_count',
      help: 'Requests by function and outcome (total, success, fail). Database and collection are told of those that succeed only.',
      labelNames: ['function_name', 'status', ...place],
      registers,
    }),
    requestLatencyMs: new HistogramFamily({
      name: 'milvus_proxy_req_latency',
      help: 'Latency of requests by function, milliseconds.',
      labelNames: ['function_name'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    readLatencyMs: new HistogramFamily({
      name: 'milvus_proxy_sq_latency',
      help: 'Latency of searches and queries that succeed, milliseconds.',
      labelNames: ['query_type', ...place],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    mutationLatencyMs: new HistogramFamily({
      name: 'milvus_proxy_mutation_latency',
      help: 'Latency of inserts, upserts and deletes that succeed, milliseconds.',
      labelNames: ['msg_type', ...place],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    vectors: {
      search: vectors('search', 'Query vectors (nq) of searches that succeeded.'),
      insert: vectors('insert', 'Rows that were inserted.'),
      upsert: vectors('upsert', 'Rows that were upserted.'),
      delete: vectors('delete', 'Rows that were deleted: by keys, the keys that were named.'),
    },
    restRequests: new CounterFamily({
      name: 'milvus_proxy_restful_api_req_count',
      help: 'Requests over REST.',
      labelNames: ['path'],
      registers,
    }),
    restLatencyMs: new HistogramFamily({
      name: 'milvus_proxy_restful_api_req_latency',
      help: 'Latency of requests over REST, milliseconds.',
      labelNames: ['path'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
  };
}
