import { expect, test } from 'vitest';
import { exposeMetrics } from '../../telemetry/expose-metrics.ts';
import { createMetrics } from '../../telemetry/metrics.ts';

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('names are the same in both formats, whatever the order of reading; exemplars are in OpenMetrics only', async () => {
  const { registry, requests, retries, nodeCalls, requestLatencyMs } = createMetrics('node-1');
  requests.of('Search', 'success', 'default', 'books').inc();
  retries.inc({ address: '127.0.0.1:1' });
  nodeCalls.of('search', '127.0.0.1:1', 'success').inc();
  requestLatencyMs.of('Search').observe(3, TRACE);
  const open = await exposeMetrics(registry, OPEN_METRICS);
  const plain = await exposeMetrics(registry, 'text/plain');
  expect(open.contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  expect(plain.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  for (const { text } of [open, plain]) {
    expect(text).toMatch(/^milvus_proxy_req_count\{.*collection_name="books".*node_id="node-1".*\} 1$/m);
    expect(text).toMatch(/^braid_router_node_calls_total\{call="search",.*\} 1$/m);
    expect(text).toMatch(/^braid_router_retries_total\{.*node_id="node-1".*\} 1$/m);
    expect(text).toMatch(/^milvus_proxy_req_latency_bucket\{.*le="4".*node_id="node-1".*\} 1/m);
  }
  expect(samplesOf(open.text)).toEqual(samplesOf(plain.text));
  expect(open.text).toMatch(/^# TYPE milvus_proxy_req_count unknown$/m);
  expect(open.text).toMatch(/^# TYPE braid_router_retries counter$/m);
  expect(open.text).toMatch(/\n# EOF\n$/);
  expect(open.text).toContain(`le="4",function_name="Search",node_id="node-1"} 1 # {trace_id="${TRACE}"} 3 `);
  expect(plain.text).not.toContain(TRACE);
});

function samplesOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [...new Set(lines.map((line) => line.split(/[{ ]/)[0]!))].sort();
}
