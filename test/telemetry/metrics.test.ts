import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';

test('the names that dashboards of Milvus chart are there, with the node', async () => {
  const { registry, requests, requestLatencyMs, readLatencyMs } = createMetrics('node-1');
  requests.inc({ function_name: 'Search', status: 'success', db_name: 'default' });
  requestLatencyMs.observe({ function_name: 'Search' }, 3);
  readLatencyMs.observe({ query_type: 'search' }, 3);
  const text = await registry.metrics();
  expect(text).toMatch(/^milvus_proxy_req_count\{.*status="success".*node_id="node-1".*\} 1$/m);
  expect(text).toMatch(/^milvus_proxy_req_latency_bucket\{le="4",.*\} 1$/m);
  expect(text).toMatch(/^milvus_proxy_sq_latency_count\{.*query_type="search".*\} 1$/m);
});

test('segments and memory of all nodes of the process are added up when they are read', async () => {
  const { registry, nodeSources } = createMetrics('node-1');
  nodeSources.add(() => ({ growingSegments: 1, sealedSegments: 2, memoryBytes: 100 }));
  nodeSources.add(() => ({ growingSegments: 0, sealedSegments: 5, memoryBytes: 50 }));
  const text = await registry.metrics();
  expect(text).toMatch(/^braid_node_segments\{state="growing",.*\} 1$/m);
  expect(text).toMatch(/^braid_node_segments\{state="sealed",.*\} 7$/m);
  expect(text).toMatch(/^braid_node_segment_memory_bytes\{.*\} 150$/m);
});

test('two processes in one have metrics of their own', async () => {
  const [one, other] = [createMetrics('one'), createMetrics('other')];
  one.requestsRunning.inc();
  expect(await one.registry.getSingleMetricAsString('braid_router_requests_running')).toContain('node_id="one"} 1');
  expect(await other.registry.getSingleMetricAsString('braid_router_requests_running')).not.toContain('} 1');
});

test('the delay of an idle event loop is about nothing, that of a blocked one is the block', async () => {
  const { registry } = createMetrics('node-1');
  const read = async (quantile: string): Promise<number> => {
    const text = await registry.getSingleMetricAsString('braid_event_loop_delay_seconds');
    return Number(new RegExp(`quantile="${quantile}"[^}]*} (.*)$`, 'm').exec(text)![1]);
  };
  // The machine may be busy with something else: one quiet moment is enough.
  await vi.waitFor(async () => expect(await read('0.50')).toBeLessThan(0.009), { timeout: 20_000, interval: 300 });
  // The first interval after a reading is not measured.
  await sleep(50);
  const blockedUntil = Date.now() + 200;
  while (Date.now() < blockedUntil);
  await sleep(100);
  expect(await read('1')).toBeGreaterThan(0.15);
});
