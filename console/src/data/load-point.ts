import type { Sample } from './parse-metrics.ts';

/** What the router did between two readings of its counters. */
export interface LoadPoint {
  readonly timeS: number;
  /** Searches and queries a second. */
  readonly readsPerSecond: number;
  /** Of those reads; undefined when there were none. Within a bucket of the histogram they are interpolated. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** Calls to nodes a second, by address. */
  readonly nodeCallsPerSecond: Readonly<Record<string, number>>;
}

/** The counters that the points are made of, at one moment. */
export interface Reading {
  readonly timeS: number;
  readonly readCount: number;
  /** Upper bound of a bucket in milliseconds -> reads up to there. */
  readonly readBuckets: ReadonlyMap<number, number>;
  readonly nodeCalls: Readonly<Record<string, number>>;
}

export function readingOf(samples: readonly Sample[], timeS: number): Reading {
  const readBuckets = new Map<number, number>();
  const nodeCalls: Record<string, number> = {};
  let readCount = 0;
  for (const { name, labels, value } of samples) {
    if (name === 'milvus_proxy_sq_latency_count') readCount += value;
    else if (name === 'milvus_proxy_sq_latency_bucket') {
      const bound = Number(labels['le']!.replace('+Inf', 'Infinity'));
      readBuckets.set(bound, (readBuckets.get(bound) ?? 0) + value);
    } else if (name === 'braid_router_node_calls_total') {
      const address = labels['address'] ?? '';
      nodeCalls[address] = (nodeCalls[address] ?? 0) + value;
    }
  }
  return { timeS, readCount, readBuckets, nodeCalls };
}

/** Undefined when the process was started anew between the readings. */
export function loadBetween(before: Reading, after: Reading): LoadPoint | undefined {
  const seconds = after.timeS - before.timeS;
  const readCount = after.readCount - before.readCount;
  if (seconds <= 0 || readCount < 0) return undefined;
  const buckets = [...after.readBuckets]
    .map(([bound, count]): [number, number] => [bound, count - (before.readBuckets.get(bound) ?? 0)])
    .sort(([left], [right]) => left - right);
  const latency = (quantile: number): number => quantileOf(buckets, quantile * readCount);
  const nodeCalls = Object.entries(after.nodeCalls).map(([address, count]) => [
    address,
    Math.max(0, count - (before.nodeCalls[address] ?? 0)) / seconds,
  ]);
  return {
    timeS: after.timeS,
    readsPerSecond: readCount / seconds,
    latencyMs: readCount === 0 ? undefined : { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    nodeCallsPerSecond: Object.fromEntries(nodeCalls),
  };
}

/** As Prometheus' histogram_quantile: linear within the bucket, the highest bound for what lies above all. */
function quantileOf(buckets: readonly (readonly [number, number])[], rank: number): number {
  let [lowerBound, lowerCount] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lowerBound;
      const share = count === lowerCount ? 1 : (rank - lowerCount) / (count - lowerCount);
      return lowerBound + (bound - lowerBound) * share;
    }
    [lowerBound, lowerCount] = [bound, count];
  }
  return lowerBound;
}
