import type { ShardObserver } from '../../node/api/observe-shard.ts';
import type { ReadObserver } from '../../node/segment/read-observer.ts';
import type { JobObserver } from '../../node/writer/job-ended.ts';
import type { DecodeObserver } from '../../proto/node-protocol/node-connection.ts';
import { NODE_CALL_KINDS, type RouterMetrics } from '../../router/cluster/router-metrics.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { placeOf } from './count-call.ts';
import type { ProcessParts } from './process-parts.ts';

/** From what the rooms report to Prometheus and the log. */

export function shardObserver({ metrics, tracing }: ProcessParts): ShardObserver {
  let readsRunning = 0;
  metrics.readsRunningSampled.add(() => [{ labels: {}, value: readsRunning }]);
  return {
    tracer: tracing.tracer,
    held: tracing.held,
    asked: (call) => {
      if (isRead(call)) readsRunning++;
    },
    answered: (call, durationMs, status) => {
      metrics.nodeRequests.of(call, status).observe(durationMs);
      if (!isRead(call)) return;
      readsRunning--;
      metrics.nodeReads.of(call, 'total').inc();
      metrics.nodeReads.of(call, status).inc();
      metrics.nodeReadLatencyMs.of(call).observe(durationMs);
    },
  };
}

function isRead(call: string): boolean {
  return call === 'search' || call === 'query';
}

/** Milvus' names of what wrote rows to storage. */
const DATA_SOURCES = { seal: 'streaming', compaction: 'compaction', import: 'bulkinsert' } as const;

export function jobObserver({ metrics }: ProcessParts): JobObserver {
  return ({ job, status, durationMs, rowCount }) => {
    metrics.writerJobMs.observe({ job, status }, durationMs);
    metrics.writerJobRows.inc({ job }, rowCount);
    metrics.flushedRows.inc({ data_source: DATA_SOURCES[job] }, rowCount);
    if (job === 'seal') metrics.flushes.inc({ status });
    if (status === 'fail') return;
    if (job === 'seal') metrics.saveLatencyMs.observe(durationMs);
    if (job === 'compaction') metrics.compactionLatencyMs.observe({ compaction_type: 'MixCompaction' }, durationMs);
  };
}

const SEGMENT_STATES = { growing: 'Growing', sealed: 'Sealed' } as const;

export function readObserver({ metrics }: ProcessParts): ReadObserver {
  return {
    waited: (kind, durationMs) => metrics.readWaitMs.of(kind).observe(durationMs),
    searched: (queryCount, k) => {
      metrics.searchQueries.of().observe(queryCount);
      metrics.searchTopK.of().observe(k);
    },
    segmentRead: (kind, state, durationMs, { queueMs, runMs }) => {
      metrics.readSegmentMs.of(kind, SEGMENT_STATES[state]).observe(durationMs);
      // No thread was asked where no row could be a hit, and queries ask none.
      if (runMs === 0) return;
      metrics.readQueueMs.of(kind).observe(queueMs);
      metrics.readCoreMs.of(kind).observe(runMs);
    },
    reduced: (kind, durationMs) => metrics.readReduceMs.of(kind, 'segments').observe(durationMs),
  };
}

export function decodeObserver({ decodeResultMs }: Pick<Metrics, 'decodeResultMs'>): DecodeObserver {
  return (call, durationMs) => {
    if (isRead(call)) decodeResultMs.of(call).observe(durationMs);
  };
}

export function routerMetrics({ metrics }: ProcessParts): RouterMetrics {
  return {
    nodeCall: (call, address, durationMs, status) => {
      metrics.nodeCalls.of(call, address, status).inc();
      metrics.nodeCallLatencyMs.of(call).observe(durationMs);
      if (status === 'fail') return;
      if (call === 'insert' || call === 'delete') metrics.mutationSendMs.of(call).observe(durationMs);
      if (call === 'timestamp') metrics.applyTimestampMs.of().observe(durationMs);
    },
    retry: (address) => metrics.retries.inc({ address }),
    writerAskedAgain: () => metrics.writerAskedAgain.inc(),
    resultCache: (outcome) => {
      metrics.resultCacheReads.of(outcome).inc();
      metrics.cacheLookups.of('result', outcome === 'hit' ? 'hit' : 'miss').inc();
    },
    routeLookup: (isKnown) => metrics.cacheLookups.of('route', isKnown ? 'hit' : 'miss').inc(),
    catalogUpdate: (durationMs) => metrics.cacheUpdateMs.of('catalog').observe(durationMs),
    vectors: (kind, database, collection, count) =>
      metrics.vectors[kind].of(...placeOf(metrics, database, collection)).inc(count),
    catalogRefresh: (status) => metrics.catalogRefreshes.inc({ status }),
    fanOut: (nodeCount) => metrics.fanOut.of().observe(nodeCount),
    memberHealth: (address, health) => {
      metrics.memberHealth.set({ address }, health === 'healthy' ? 1 : 0);
      metrics.memberTransitions.inc({ address, health });
    },
    memberLeft: (address) => forgetMember(metrics, address),
    ejection: (address, reason) => metrics.ejections.inc({ address, reason }),
    hedge: (address, outcome) => metrics.hedges.inc({ address, outcome }),
  };
}

/** Where nodes get a new address at every start, those that are gone would fill the registry. */
function forgetMember(metrics: ProcessParts['metrics'], address: string): void {
  metrics.memberHealth.remove({ address });
  metrics.retries.remove({ address });
  for (const health of ['new', 'healthy', 'draining', 'ejected', 'down']) {
    metrics.memberTransitions.remove({ address, health });
  }
  for (const reason of ['failures', 'latency']) metrics.ejections.remove({ address, reason });
  for (const outcome of ['won', 'lost']) metrics.hedges.remove({ address, outcome });
  for (const call of NODE_CALL_KINDS) {
    for (const status of ['success', 'fail']) metrics.nodeCalls.remove(call, address, status);
  }
}
