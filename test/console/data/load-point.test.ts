import { expect, test } from 'vitest';
import { loadBetween, readingOf } from '../../../console/src/data/load-point.ts';
import { parseMetrics } from '../../../console/src/data/parse-metrics.ts';

function metrics(searches: number, queries: number, slow: number): string {
  const fast = searches + queries - slow;
  return [
    '# HELP milvus_proxy_sq_latency Latency',
    `milvus_proxy_sq_latency_bucket{le="10",query_type="search",db_name="default"} ${fast}`,
    `milvus_proxy_sq_latency_bucket{le="100",query_type="search",db_name="default"} ${fast + slow}`,
    `milvus_proxy_sq_latency_bucket{le="+Inf",query_type="search",db_name="default"} ${fast + slow}`,
    `milvus_proxy_sq_latency_count{query_type="search",db_name="default"} ${searches}`,
    `milvus_proxy_sq_latency_count{query_type="query",db_name="default"} ${queries}`,
    `milvus_proxy_mutation_latency_count{msg_type="insert"} ${searches}`,
    `milvus_proxy_req_count{function_name="Search",status="fail"} ${slow}`,
    `milvus_proxy_req_count{function_name="Search",status="total"} 1000000`,
    `braid_router_node_calls_total{call="search",address="a:1",status="success"} ${searches * 2}`,
    `braid_router_node_calls_total{call="query",address="a:1",status="fail"} ${slow}`,
    'braid_event_loop_delay_seconds{quantile="0.50"} 0.001',
    'braid_event_loop_delay_seconds{quantile="0.99"} 0.02',
    `braid_router_result_cache_total{outcome="hit"} ${searches}`,
    `braid_router_result_cache_total{outcome="stale"} ${slow}`,
    '',
  ].join('\n');
}

const read = (text: string, timeS: number) => readingOf(parseMetrics(text), timeS);

test('two readings give rates, latencies within buckets, and the load of each node', () => {
  const point = loadBetween(read(metrics(100, 20, 0), 10), read(metrics(180, 40, 25), 20))!;
  expect(point).toMatchObject({
    timeS: 20,
    searchesPerSecond: 8,
    queriesPerSecond: 2,
    writesPerSecond: 8,
    failedPerSecond: 2.5,
    nodeCallsPerSecond: { 'a:1': 18.5 },
    nodeFailuresPerSecond: { 'a:1': 2.5 },
    loopDelayMs: { p50: 1, p99: 20 },
  });
  // 75 of 100 reads lie below 10 ms, 25 between 10 and 100: the median is two thirds of the first bucket.
  expect(point.latencyMs!.p50).toBeCloseTo((50 / 75) * 10);
  expect(point.latencyMs!.p95).toBeCloseTo(10 + ((95 - 75) / 25) * 90);
  expect(point.cacheHitRatio).toBeCloseTo(80 / 105);
});

test('no reads have no latency, and no searches no share of hits', () => {
  const point = loadBetween(read(metrics(5, 5, 0), 1), read(metrics(5, 5, 0), 2))!;
  expect(point).toMatchObject({ searchesPerSecond: 0, latencyMs: undefined, cacheHitRatio: undefined });
});

test('a process that was started anew gives no point', () => {
  expect(loadBetween(read(metrics(100, 20, 0), 10), read(metrics(3, 1, 0), 20))).toBeUndefined();
});

test('exemplars, escaped labels and odd numbers are read', () => {
  const [first, second] = parseMetrics('a{path="x\\"y",le="+Inf"} 3 # {trace_id="ff"} 0.2 1\nb NaN\n');
  expect(first).toEqual({ name: 'a', labels: { path: 'x\\"y', le: '+Inf' }, value: 3 });
  expect(second!.value).toBeNaN();
});
