import { Counter, Histogram, type Registry } from 'prom-client';
import { JOB_BUCKETS_MS } from './buckets.ts';
import { sampledGauge } from './sampled-gauge.ts';

/** What a reader or the writer counts that Milvus has no name for. */
export function nodeMetrics(registers: Registry[]) {
  return { ...readerMetrics(registers), ...writerMetrics(registers) };
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
  };
}
