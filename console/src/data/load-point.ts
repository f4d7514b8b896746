import type { Sample } from './parse-metrics.ts';

/** What the router did between two readings of its counters. */
export interface LoadPoint {
  readonly timeS: number;
  readonly searchesPerSecond: number;
  readonly queriesPerSecond: number;
  /** Inserts, upserts and deletes: calls, not rows. */
  readonly writesPerSecond: number;
  /** Calls of any kind that failed. */
  readonly failedPerSecond: number;
  /** Of searches and queries; undefined when there were none. Within a bucket of the histogram they are interpolated. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** Calls to nodes a second, by address. */
  readonly nodeCallsPerSecond: Readonly<Record<string, number>>;
  /** The same of those that failed. */
  readonly nodeFailuresPerSecond: Readonly<Record<string, number>>;
  /** Since somebody last read them. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number };
  /** Share of the searches that the result cache could answer that it did; undefined when there were none. */
  readonly cacheHitRatio: number | undefined;
}

/** The counters that the points are made of, at one moment. */
export interface Reading {
  readonly timeS: number;
  readonly searches: number;
  readonly queries: number;
  readonly writes: number;
  readonly failures: number;
  /** Upper bound of a bucket in milliseconds -> reads up to there. */
  readonly readBuckets: ReadonlyMap<number, number>;
  readonly nodeCalls: Readonly<Record<string, number>>;
  readonly nodeFailures: Readonly<Record<string, number>>;
  readonly loopDelayMs: { readonly p50: number; readonly p99: number };
  readonly cacheHits: number;
  readonly cacheMisses: number;
}

const MS_PER_S = 1_000;

export function readingOf(samples: readonly Sample[], timeS: number): Reading {
  const named = Map.groupBy(samples, ({ name }) => name);
  const sum = (name: string, isMeant: (labels: Sample['labels']) => boolean = () => true): number =>
    (named.get(name) ?? []).reduce((total, { labels, value }) => total + (isMeant(labels) ? value : 0), 0);
  const readBuckets = new Map<number, number>();
  for (const { labels, value } of named.get('milvus_proxy_sq_latency_bucket') ?? []) {
    const bound = Number(labels['le']!.replace('+Inf', 'Infinity'));
    readBuckets.set(bound, (readBuckets.get(bound) ?? 0) + value);
  }
  const calls = named.get('braid_router_node_calls_total') ?? [];
  const delayMs = (quantile: string): number =>
    sum('braid_event_loop_delay_seconds', (labels) => labels['quantile'] === quantile) * MS_PER_S;
  return {
    timeS,
    searches: sum('milvus_proxy_sq_latency_count', ({ query_type }) => query_type !== 'query'),
    queries: sum('milvus_proxy_sq_latency_count', ({ query_type }) => query_type === 'query'),
    writes: sum('milvus_proxy_mutation_latency_count'),
    failures: sum('milvus_proxy_req_count', ({ status }) => status === 'fail'),
    readBuckets,
    nodeCalls: byAddress(calls),
    nodeFailures: byAddress(calls.filter(({ labels }) => labels['status'] === 'fail')),
    loopDelayMs: { p50: delayMs('0.50'), p99: delayMs('0.99') },
    cacheHits: sum('braid_router_result_cache_total', ({ outcome }) => outcome === 'hit'),
    cacheMisses: sum('braid_router_result_cache_total', ({ outcome }) => outcome !== 'hit'),
  };
}

/** Undefined when the process was started anew between the readings. */
export function loadBetween(before: Reading, after: Reading): LoadPoint | undefined {
  const seconds = after.timeS - before.timeS;
  const searches = after.searches - before.searches;
  const queries = after.queries - before.queries;
  if (seconds <= 0 || searches < 0 || queries < 0) return undefined;
  const buckets = [...after.readBuckets]
    .map(([bound, count]): [number, number] => [bound, count - (before.readBuckets.get(bound) ?? 0)])
    .sort(([left], [right]) => left - right);
  const readCount = searches + queries;
  const latency = (quantile: number): number => quantileOf(buckets, quantile * readCount);
  const hits = after.cacheHits - before.cacheHits;
  const asked = hits + after.cacheMisses - before.cacheMisses;
  return {
    timeS: after.timeS,
    searchesPerSecond: searches / seconds,
    queriesPerSecond: queries / seconds,
    writesPerSecond: Math.max(0, after.writes - before.writes) / seconds,
    failedPerSecond: Math.max(0, after.failures - before.failures) / seconds,
    latencyMs: readCount === 0 ? undefined : { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    nodeCallsPerSecond: ratesOf(before.nodeCalls, after.nodeCalls, seconds),
    nodeFailuresPerSecond: ratesOf(before.nodeFailures, after.nodeFailures, seconds),
    loopDelayMs: after.loopDelayMs,
    cacheHitRatio: asked > 0 ? hits / asked : undefined,
  };
}

function byAddress(calls: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels, value } of calls) {
    const address = labels['address'] ?? '';
    counts[address] = (counts[address] ?? 0) + value;
  }
  return counts;
}

function ratesOf(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  seconds: number,
): Record<string, number> {
  const rates = Object.entries(after).map(([address, count]) => [
    address,
    Math.max(0, count - (before[address] ?? 0)) / seconds,
  ]);
  return Object.fromEntries(rates);
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
