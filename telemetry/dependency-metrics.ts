import { Counter, Histogram, type Registry } from 'prom-client';
import { LATENCY_BUCKETS_MS } from './buckets.ts';

/** Calls to what is not ours: the metadata store, storage, the log; and the threads that native work waits for. */
export function dependencyMetrics(registers: Registry[]) {
  return {
    dependencyLatencyMs: new Histogram({
      name: 'braid_dependency_call_latency',
      help: 'Latency of calls to a dependency (metadata, storage, log), milliseconds. An append to the log is dependency="log", call="append".',
      labelNames: ['dependency', 'call'] as const,
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    dependencyFailures: new Counter({
      name: 'braid_dependency_failures_total',
      help: 'Calls to a dependency that failed.',
      labelNames: ['dependency', 'call'] as const,
      registers,
    }),
    threadWaitMs: new Histogram({
      name: 'braid_thread_pool_wait',
      help: 'How long a job waited for a thread of the pool, on which native searches and file reads run, milliseconds; measured by one small job a second.',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
  };
}
