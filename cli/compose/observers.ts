import type { ShardObserver } from '../../node/api/observe-shard.ts';
import type { JobObserver } from '../../node/writer/job-ended.ts';
import { NODE_CALL_KINDS, type RouterMetrics } from '../../router/cluster/router-metrics.ts';
import { placeOf } from './count-call.ts';
import type { ProcessParts } from './process-parts.ts';

/** From what the rooms report to Prometheus and the log. */

export function shardObserver({ metrics, tracing }: ProcessParts): ShardObserver {
  return {
    tracer: tracing.tracer,
    held: tracing.held,
    answered: (call, durationMs, status) => {
      metrics.nodeRequests.of(call, status).observe(durationMs);
      if (call !== 'search' && call !== 'query') return;
      metrics.nodeReads.of(call, 'total').inc();
      metrics.nodeReads.of(call, status).inc();
      metrics.nodeReadLatencyMs.of(call).observe(durationMs);
    },
  };
}

export function jobObserver({ metrics }: ProcessParts): JobObserver {
  return ({ job, status, durationMs, rowCount }) => {
    metrics.writerJobMs.observe({ job, status }, durationMs);
    metrics.writerJobRows.inc({ job }, rowCount);
  };
}

export function routerMetrics({ metrics }: ProcessParts): RouterMetrics {
  return {
    nodeCall: (call, address, durationMs, status) => {
      metrics.nodeCalls.of(call, address, status).inc();
      metrics.nodeCallLatencyMs.of(call).observe(durationMs);
    },
    retry: (address) => metrics.retries.inc({ address }),
    writerAskedAgain: () => metrics.writerAskedAgain.inc(),
    resultCache: (outcome) => metrics.resultCacheReads.of(outcome).inc(),
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
