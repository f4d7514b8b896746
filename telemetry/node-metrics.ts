import { Counter, Histogram, type Registry } from 'prom-client';
import { JOB_BUCKETS_MS, LATENCY_BUCKETS_MS } from './buckets.ts';
import { CounterFamily } from './counter-family.ts';
import { HistogramFamily } from './histogram-family.ts';
import { sampledGauge } from './sampled-gauge.ts';

/** What a reader or the writer counts: Milvus' query node and coordinator families by their names (internal/metrics), and ours. */
export function nodeMetrics(registers: Registry[]) {
  return { ...queryNodeMetrics(registers), ...readerMetrics(registers), ...writerMetrics(registers) };
}

function queryNodeMetrics(registers: Registry[]) {
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
      ['collection_name', 'segment_state'],
    ),
    rowsSampled: sampledGauge(
      registers,
      'milvus_querynode_entity_num',
      'Rows of the segments that this node can search, deleted ones included.',
      ['collection_name', 'segment_state'],
    ),
    rowBytesSampled: sampledGauge(
      registers,
      'milvus_querynode_entity_size',
      'Memory of the segments that this node can search, bytes.',
      ['collection_name', 'segment_state'],
    ),
    collectionsLoadedSampled: sampledGauge(
      registers,
      'milvus_querynode_collection_num',
      'Collections that are loaded on this node.',
    ),
  };
}

function readerMetrics(registers: Registry[]) {
  return {
    segmentsAwaitedSampled: sampledGauge(
      registers,
      'braid_reader_segments_awaited',
      'Segments that placement gives to this reader and that it has not loaded yet: what is moving to it.',
    ),
    segmentsLeavingSampled: sampledGauge(
      registers,
      'braid_reader_segments_leaving',
      'Segments that this reader still holds and placement gives to others.',
    ),
    deleteLagSampled: sampledGauge(
      registers,
      'braid_reader_delete_lag_seconds',
      'How far behind the clock this reader is with the deletes of the collection that is furthest behind; without a writer it grows.',
    ),
    readerStaleViewsSampled: sampledGauge(
      registers,
      'braid_reader_stale_views',
      'Loaded collections of which this reader has not yet read the newest view.',
    ),
  };
}

function writerMetrics(registers: Registry[]) {
  return {
    writerJobMs: new Histogram({
      name: 'braid_writer_job_duration',
      help: 'Duration of seals, compactions and imports, milliseconds.',
      labelNames: ['job', 'status'] as const,
      buckets: JOB_BUCKETS_MS,
      registers,
    }),
    writerJobRows: new Counter({
      name: 'braid_writer_job_rows_total',
      help: 'Rows that seals, compactions and imports have written to storage.',
      labelNames: ['job'] as const,
      registers,
    }),
    termSampled: sampledGauge(registers, 'braid_writer_term', 'Fencing number of the leadership of this writer.'),
    leaseSampled: sampledGauge(
      registers,
      'braid_writer_lease_trusted',
      '1 while this writer may acknowledge writes, 0 while it could not renew its lease in time.',
    ),
    inFlightBytesSampled: sampledGauge(
      registers,
      'braid_writer_in_flight_bytes',
      'Bytes of writes that are not yet durable and applied.',
    ),
    logBytesSampled: sampledGauge(registers, 'braid_log_bytes', 'Size of the log.'),
    collectionsSampled: sampledGauge(
      registers,
      'milvus_rootcoord_collection_num',
      'Collections, as the writer knows them.',
    ),
    partitionsSampled: sampledGauge(
      registers,
      'milvus_rootcoord_partition_num',
      'Partitions, as the writer knows them.',
    ),
    sealedSampled: sampledGauge(
      registers,
      'milvus_datacoord_segment_num',
      'Segments of all collections, as the writer knows them, by state (Growing, Flushed).',
      ['segment_state'],
    ),
  };
}
