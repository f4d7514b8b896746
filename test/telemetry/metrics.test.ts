import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';

test('the names that dashboards of Milvus chart are there, with the node', async () => {
  const { registry, requests, requestLatencyMs, readLatencyMs } = createMetrics('node-1');
  requests.of('Search', 'success', 'default', 'books').inc();
  requestLatencyMs.of('Search').observe(3);
  readLatencyMs.of('search', 'default', 'books').observe(3);
  const text = await registry.metrics();
  expect(text).toMatch(/^milvus_proxy_req_count\{.*status="success".*node_id="node-1".*\} 1$/m);
  expect(text).toMatch(/^milvus_proxy_req_latency_bucket\{le="4",.*\} 1$/m);
  expect(text).toMatch(/^milvus_proxy_sq_latency_count\{.*query_type="search".*\} 1$/m);
});

test('what the roles of the process hold is added up when it is read, and gone when it is', async () => {
  const { registry, rowsSampled } = createMetrics('node-1');
  const rows = new Map([['books', 2]]);
  const labels = (collection_name: string) => ({
    db_name: 'default',
    collection_name,
    collection_id: '7',
    segment_state: 'Sealed',
  });
  rowsSampled.add(() => Array.from(rows, ([name, value]) => ({ labels: labels(name), value })));
  rowsSampled.add(() => [{ labels: labels('books'), value: 5 }]);
  expect(await registry.metrics()).toMatch(/^milvus_querynode_entity_num\{.*collection_name="books",.*\} 7$/m);
  rows.set('films', 1).delete('books');
  const text = await registry.metrics();
  expect(text).toMatch(/^milvus_querynode_entity_num\{.*collection_name="films",.*\} 1$/m);
  expect(text).toMatch(/^milvus_querynode_entity_num\{.*collection_name="books",.*\} 5$/m);
});

test('two processes in one have metrics of their own', async () => {
  const [one, other] = [createMetrics('one'), createMetrics('other')];
  one.requestsRunningSampled.add(() => [{ labels: {}, value: 1 }]);
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
