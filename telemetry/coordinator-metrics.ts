import { Counter, Histogram, type Registry } from 'prom-client';
import { JOB_BUCKETS_MS, LATENCY_BUCKETS_MS } from './buckets.ts';
import { sampledGauge } from './sampled-gauge.ts';

/**
 * What Milvus' coordinators, data nodes and index nodes count, by their names, as far as the writer or a router does the same (internal/metrics: rootcoord, querycoord, datacoord, datanode).
 */
export function coordinatorMetrics(registers: Registry[]) {
  return { ...requestMetrics(registers), ...storedMetrics(registers), ...sealMetrics(registers) };
}

/** Counted by the router that was asked. */
function requestMetrics(registers: Registry[]) {
  return {
    definitionRequests: new Counter({
      name: 'milvus_rootcoord_ddl_req_count',
      help: 'Requests that concern the definition of databases, collections, partitions and aliases, by function and outcome (total, success, fail).',
      labelNames: ['function_name', 'status'] as const,
      registers,
    }),
    definitionLatencyMs: new Histogram({
      name: 'milvus_rootcoord_ddl_req_latency',
      help: 'Their latency, milliseconds.',
      labelNames: ['function_name'] as const,
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    loadRequests: new Counter({
      name: 'milvus_querycoord_load_req_count',
      help: 'Requests to load collections or partitions, by outcome (total, success, fail).',
      labelNames: ['status'] as const,
      registers,
    }),
    releaseRequests: new Counter({
      name: 'milvus_querycoord_release_req_count',
      help: 'Requests to release collections or partitions, by outcome (total, success, fail).',
      labelNames: ['status'] as const,
      registers,
    }),
    releaseLatencyMs: new Histogram({
      name: 'milvus_querycoord_release_latency',
      help: 'Their latency, milliseconds.',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    proxiesSampled: sampledGauge(
      registers,
      'milvus_rootcoord_proxy_num',
      '1 on a router; the sum is how many there are.',
    ),
  };
}

/** As the writer knows it. */
function storedMetrics(registers: Registry[]) {
  const gauge = <Label extends string = never>(name: string, help: string, labels: readonly Label[] = []) =>
    sampledGauge(registers, `milvus_${name}`, help, labels);
  const stored = ['db_name', 'collection_name', 'collection_id', 'segment_state'] as const;
  return {
    collectionsSampled: gauge('rootcoord_collection_num', 'Collections, as the writer knows them.'),
    partitionsSampled: gauge('rootcoord_partition_num', 'Partitions, as the writer knows them.'),
    storedCollectionsSampled: gauge('datacoord_collection_num', 'Collections, as the writer knows them.'),
    queriedCollectionsSampled: gauge(
      'querycoord_collection_num',
      'Collections that are loaded, as the writer knows them.',
    ),
    queriedPartitionsSampled: gauge(
      'querycoord_partition_num',
      'Partitions that are loaded, as the writer knows them.',
    ),
    dataNodesSampled: gauge('datacoord_datanode_num', '1 on the writer, which does the work of data nodes.'),
    unflushedSampled: gauge('datanode_unflushed_segment_num', 'Segments that are not sealed yet.'),
    sealedSampled: gauge(
      'datacoord_segment_num',
      'Segments of all collections, as the writer knows them, by state (Growing, Flushed).',
      ['segment_state'] as const,
    ),
    storedRowsSampled: gauge(
      'datacoord_stored_rows_num',
      'Rows of the segments, by state (Growing: in memory and in the log; Flushed: on storage), deleted ones included.',
      stored,
    ),
    storedBytesSampled: gauge(
      'datacoord_stored_binlog_size',
      'Bytes on storage of the segments of the newest views.',
      stored,
    ),
    indexBytesSampled: gauge(
      'datacoord_stored_index_files_size',
      'Bytes of them that are vector indexes and the copies which these compare.',
      ['db_name', 'collection_name', 'collection_id'] as const,
    ),
  };
}

/** Of the writer's seals, compactions and imports. */
function sealMetrics(registers: Registry[]) {
  return {
    flushes: new Counter({
      name: 'milvus_datanode_flush_buffer_op_count',
      help: 'Seals of growing segments, by outcome (success, fail).',
      labelNames: ['status'] as const,
      registers,
    }),
    saveLatencyMs: new Histogram({
      name: 'milvus_datanode_save_latency',
      help: 'How long a seal took: indexes finished, files written, stored and published; milliseconds.',
      buckets: JOB_BUCKETS_MS,
      registers,
    }),
    flushedRows: new Counter({
      name: 'milvus_datanode_flushed_data_rows',
      help: 'Rows written to storage, by what wrote them (streaming: seals; compaction; bulkinsert).',
      labelNames: ['data_source'] as const,
      registers,
    }),
    compactionLatencyMs: new Histogram({
      name: 'milvus_datanode_compaction_latency',
      help: 'How long a compaction took, milliseconds.',
      labelNames: ['compaction_type'] as const,
      buckets: JOB_BUCKETS_MS,
      registers,
    }),
  };
}
