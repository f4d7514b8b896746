import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { FAN_OUT_BUCKETS, LATENCY_BUCKETS_MS } from './buckets.ts';
import { clusterMetrics } from './cluster-metrics.ts';
import { coordinatorMetrics } from './coordinator-metrics.ts';
import { CounterFamily } from './counter-family.ts';
import { dependencyMetrics } from './dependency-metrics.ts';
import { HistogramFamily } from './histogram-family.ts';
import { nodeMetrics } from './node-metrics.ts';
import { proxyMetrics } from './proxy-metrics.ts';
import { queryNodeMetrics } from './query-node-metrics.ts';
import { sampledGauge } from './sampled-gauge.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const EVENT_LOOP_RESOLUTION_MS = 10;

/**
 * What Braid counts, in one registry per process. Names that start with `milvus_` are Milvus' own, so that its dashboards work (internal/metrics in its sources);
 * the rest is ours. Labels hold names of RPCs, addresses of members, states, and a bounded number of names of collections and databases (bounded-label.ts). docs/metrics.md lists all of it.
 */
export function createMetrics(nodeId: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ node_id: nodeId });
  collectDefaultMetrics({ register: registry, prefix: 'braid_' });
  const registers = [registry];
  observeEventLoop(registers);
  return {
    registry,
    ...proxyMetrics(registers),
    ...clusterMetrics(registers),
    ...dependencyMetrics(registers),
    ...nodeMetrics(registers),
    ...queryNodeMetrics(registers),
    ...coordinatorMetrics(registers),
    requestsRunningSampled: sampledGauge(registers, 'braid_router_requests_running', 'Requests under way.'),
    nodeCalls: new CounterFamily({
      name: 'braid_router_node_calls_total',
      help: 'Calls of the router to nodes.',
      labelNames: ['call', 'address', 'status'],
      registers,
    }),
    nodeCallLatencyMs: new HistogramFamily({
      name: 'braid_router_node_call_latency',
      help: 'Latency of calls to nodes, milliseconds.',
      labelNames: ['call'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    fanOut: new HistogramFamily({
      name: 'braid_router_fan_out',
      help: 'Nodes that one search or query asked.',
      labelNames: [],
      buckets: FAN_OUT_BUCKETS,
      registers,
    }),
    retries: new Counter({
      name: 'braid_router_retries_total',
      help: 'Segments asked again of another node.',
      labelNames: ['address'] as const,
      registers,
    }),
    writerAskedAgain: new Counter({
      name: 'braid_router_writer_asked_again_total',
      help: 'Reads that asked the writer once more because a reader had applied a newer upsert.',
      registers,
    }),
    catalogRefreshes: new Counter({
      name: 'braid_router_catalog_refreshes_total',
      help: 'Readings of the catalog.',
      labelNames: ['status'] as const,
      registers,
    }),
    memberHealth: new Gauge({
      name: 'braid_router_member_healthy',
      help: '1 when a member is healthy.',
      labelNames: ['address'] as const,
      registers,
    }),
    resultCacheReads: new CounterFamily({
      name: 'braid_router_result_cache_total',
      help: 'Searches that may be answered from the result cache, by outcome (hit, stale, miss).',
      labelNames: ['outcome'],
      registers,
    }),
    cacheReads: new Counter({
      name: 'braid_cache_reads_total',
      help: 'Reads of the cache by outcome (hit, miss).',
      labelNames: ['outcome'] as const,
      registers,
    }),
    cacheLatencyMs: new Histogram({
      name: 'braid_cache_latency',
      help: 'Time that callers waited for the cache, milliseconds.',
      labelNames: ['call'] as const,
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
    cacheFailureSources: cacheFailures(registers),
    memberTransitions: new Counter({
      name: 'braid_router_member_transitions_total',
      help: 'Changes of the health of members, by what they came to.',
      labelNames: ['address', 'health'] as const,
      registers,
    }),
    ejections: new Counter({
      name: 'braid_router_ejections_total',
      help: 'Readers set aside because their calls failed (failures) or were much slower than those of their peers (latency).',
      labelNames: ['address', 'reason'] as const,
      registers,
    }),
    hedges: new Counter({
      name: 'braid_router_hedges_total',
      help: 'Reads that were late and asked of another reader, too, by the reader that was late and whether the other was first (won).',
      labelNames: ['address', 'outcome'] as const,
      registers,
    }),
    nodeRequests: new HistogramFamily({
      name: 'braid_node_request_latency',
      help: 'Latency of calls answered by this node, milliseconds.',
      labelNames: ['call', 'status'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Failures as the caches of this process count them: each adds a function that tells. */
function cacheFailures(registers: Registry[]): Set<() => number> {
  const sources = new Set<() => number>();
  new Counter({
    name: 'braid_cache_errors_total',
    help: 'Commands to the cache that failed or were not answered in time.',
    registers,
    collect() {
      this.reset();
      this.inc([...sources].reduce((sum, source) => sum + source(), 0));
    },
  });
  return sources;
}

/** Delay of the event loop since the last reading, from the same histogram for all quantiles. */
function observeEventLoop(registers: Registry[]): void {
  const delay = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  // Node measures from one of its timers to the next: an idle loop gives the resolution.
  const seconds = (measured: number): number =>
    Math.max(0, measured / NANOSECONDS_PER_SECOND - EVENT_LOOP_RESOLUTION_MS / 1000);
  delay.enable();
  new Gauge({
    name: 'braid_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'] as const,
    registers,
    collect() {
      for (const percent of [50, 99]) {
        this.set({ quantile: `0.${percent}` }, seconds(delay.percentile(percent)));
      }
      this.set({ quantile: '1' }, seconds(delay.max));
      delay.reset();
    },
  });
}
