import type { Registry } from 'prom-client';
import { BoundedLabel } from './bounded-label.ts';
import { LATENCY_BUCKETS_MS, PART_BUCKETS_MS } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { COLLECTION_LABELS_MAX, DATABASE_LABELS_MAX, USER_LABELS_MAX } from './limits.ts';

/** What Milvus counts in its proxy, by its names and labels (internal/metrics/proxy_metrics.go), so that its dashboards work. */
export function proxyMetrics(registers: Registry[]) {
  const place = ['db_name', 'collection_name'] as const;
  const vectors = (kind: string, what: string) =>
    new CounterFamily({ name: `milvus_proxy_${kind}_vectors_count`, help: what, labelNames: place, registers });
  return {
    /** Bound the labels of that kind in this process. */
    collectionLabel: new BoundedLabel(COLLECTION_LABELS_MAX),
    databaseLabel: new BoundedLabel(DATABASE_LABELS_MAX),
    userLabel: new BoundedLabel(USER_LABELS_MAX),
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
    ...phaseMetrics(registers),
    ...byteMetrics(registers),
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

/** Where the router spends the time of a read or a write. */
function phaseMetrics(registers: Registry[]) {
  const phase = <const Labels extends readonly string[]>(name: string, labelNames: Labels, help: string) =>
    new HistogramFamily({ name: `milvus_proxy_${name}`, help, labelNames, buckets: PART_BUCKETS_MS, registers });
  return {
    waitResultMs: phase(
      'sq_wait_result_latency',
      ['query_type'],
      'How long a read waited for the answers of the nodes, milliseconds.',
    ),
    reduceResultMs: phase(
      'sq_reduce_result_latency',
      ['query_type'],
      'How long it took to make one answer of those of the nodes, milliseconds.',
    ),
    decodeResultMs: phase(
      'sq_decode_result_latency',
      ['query_type'],
      'How long it took to decode the answer of one node of another process, milliseconds.',
    ),
    routingMs: new HistogramFamily({
      name: 'braid_router_routing_latency',
      help: 'How long a read took to learn where to go and what it must see, milliseconds.',
      labelNames: ['query_type'],
      buckets: PART_BUCKETS_MS,
      registers,
    }),
    fetchResultMs: new HistogramFamily({
      name: 'braid_router_fetch_latency',
      help: 'How long a search waited for output fields that did not come along with the hits, milliseconds.',
      labelNames: ['query_type'],
      buckets: PART_BUCKETS_MS,
      registers,
    }),
    mutationSendMs: phase(
      'mutation_send_latency',
      ['msg_type'],
      'How long the writer took for a call to insert (upserts, too) or delete, milliseconds.',
    ),
    applyTimestampMs: phase(
      'apply_timestamp_latency',
      [],
      'How long the writer took to say up to which timestamp a read must see everything, milliseconds.',
    ),
    receivedQueries: new CounterFamily({
      name: 'milvus_proxy_received_nq',
      help: 'Query vectors of searches that were planned, also of those that failed then; queries count as one.',
      labelNames: ['query_type', 'collection_name'],
      registers,
    }),
    slowReads: new CounterFamily({
      name: 'milvus_proxy_slow_query_count',
      help: 'Reads that took longer than `telemetry.slowQueryMs`.',
      labelNames: ['msg_type'],
      registers,
    }),
    cacheLookups: new CounterFamily({
      name: 'milvus_proxy_cache_hit_count',
      help: 'Lookups of what the router keeps, by what (route: where a read of a collection goes; result: answers of searches, where that is on) and outcome (hit, miss).',
      labelNames: ['cache_name', 'cache_state'],
      registers,
    }),
    cacheUpdateMs: phase(
      'cache_update_latency',
      ['cache_name'],
      'How long it took to read the catalog anew after it changed, milliseconds.',
    ),
  };
}

/** Of requests and answers, without the frames of their protocol. */
function byteMetrics(registers: Registry[]) {
  return {
    bytesReceived: new CounterFamily({
      name: 'milvus_proxy_receive_bytes_count',
      help: 'Bytes of requests to search, query, insert, upsert and delete that succeeded.',
      labelNames: ['msg_type', 'collection_name'],
      registers,
    }),
    bytesSent: new CounterFamily({
      name: 'milvus_proxy_send_bytes_count',
      help: 'Bytes of the answers to searches and queries.',
      labelNames: [],
      registers,
    }),
    restBytesReceived: new CounterFamily({
      name: 'milvus_proxy_restful_api_receive_bytes_count',
      help: 'Bytes of requests over REST.',
      labelNames: ['path'],
      registers,
    }),
    restBytesSent: new CounterFamily({
      name: 'milvus_proxy_restful_api_send_bytes_count',
      help: 'Bytes of answers over REST.',
      labelNames: ['path'],
      registers,
    }),
    callsOfUsers: new CounterFamily({
      name: 'milvus_proxy_user_rpc_count',
      help: 'Requests by user, where authentication is on; the first 100 users that a process sees, the others are `other`.',
      labelNames: ['username'],
      registers,
    }),
  };
}
