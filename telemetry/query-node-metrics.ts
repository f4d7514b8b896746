import { Histogram, type Registry } from 'prom-client';
import { COUNT_BUCKETS, JOB_BUCKETS_MS, LATENCY_BUCKETS_MS, PART_BUCKETS_MS } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { sampledGauge } from './sampled-gauge.ts';

/** What a node that answers reads counts (a reader, and the writer for what readers do not have yet), by the names of Milvus' query node (internal/metrics/querynode_metrics.go). */
export function queryNodeMetrics(registers: Registry[]) {
  return { ...readMetrics(registers), ...heldMetrics(registers) };
}

/** Where a read spends its time on a node: wait for what it must have seen; then, of each segment, wait for a thread and native search; then the merge. */
function readMetrics(registers: Registry[]) {
  const part = <const Labels extends readonly string[]>(name: string, labelNames: Labels, help: string) =>
    new HistogramFamily({ name: `milvus_querynode_sq_${name}`, help, labelNames, buckets: PART_BUCKETS_MS, registers });
  const size = (name: string, help: string) =>
    new HistogramFamily({
      name: `milvus_querynode_search_${name}`,
      help,
      labelNames: [],
      buckets: COUNT_BUCKETS,
      registers,
    });
  return {
    nodeReads: new CounterFamily({
      name: 'milvus_querynode_sq_req_count',
      help: 'Searches and queries that this node was asked for, by outcome (total, success, fail).',
      labelNames: ['query_type', 'status'],
      registers,
    }),
    nodeReadLatencyMs: new HistogramFamily({
      name: 'milvus_querynode_sq_req_latency',
      help: 'Latency of searches and queries on this node, milliseconds.',
      labelNames: ['query_type'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    readWaitMs: part(
      'wait_tsafe_latency',
      ['query_type'],
      'How long a read waited until this node had what it must see: its segments, and the deletes up to its guarantee timestamp; milliseconds.',
    ),
    readQueueMs: part(
      'queue_latency',
      ['query_type'],
      'How long the native search of a segment waited for a thread of the pool, milliseconds.',
    ),
    readCoreMs: part(
      'core_latency',
      ['query_type'],
      'How long the native search of a segment ran, from its first thread to its last, milliseconds.',
    ),
    readSegmentMs: part(
      'segment_latency',
      ['query_type', 'segment_state'],
      'How long after the beginning of a read a segment had answered (filter, wait for a thread, native search), milliseconds.',
    ),
    readReduceMs: part(
      'reduce_latency',
      ['query_type', 'reduce_level'],
      'How long it took to make one list of those of the segments, milliseconds.',
    ),
    searchQueries: size('nq', 'Query vectors of a search on this node.'),
    searchTopK: size('topk', 'Hits for each query vector that a search on this node is asked for.'),
  };
}

function heldMetrics(registers: Registry[]) {
  const labels = ['db_name', 'collection_name', 'collection_id', 'segment_state'] as const;
  return {
    readsRunningSampled: sampledGauge(
      registers,
      'milvus_querynode_read_task_concurrency',
      'Searches and queries under way on this node.',
    ),
    loadLatencyMs: new Histogram({
      name: 'milvus_querynode_load_segment_latency',
      help: 'How long a reader took to fetch, verify and open a segment, milliseconds.',
      buckets: JOB_BUCKETS_MS,
      registers,
    }),
    segmentsSampled: sampledGauge(
      registers,
      'milvus_querynode_segment_num',
      'Segments that this node can search, by collection and state (Growing, Sealed).',
      labels,
    ),
    rowsSampled: sampledGauge(
      registers,
      'milvus_querynode_entity_num',
      'Rows of the segments that this node can search, deleted ones included.',
      labels,
    ),
    rowBytesSampled: sampledGauge(
      registers,
      'milvus_querynode_entity_size',
      'Memory of the segments that this node can search, bytes.',
      labels,
    ),
    collectionsLoadedSampled: sampledGauge(
      registers,
      'milvus_querynode_collection_num',
      'Collections that are loaded on this node.',
    ),
    partitionsLoadedSampled: sampledGauge(
      registers,
      'milvus_querynode_partition_num',
      'Partitions that are loaded on this node.',
    ),
  };
}
