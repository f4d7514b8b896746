import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test, vi } from 'vitest';
import { openTracing } from '../../../telemetry/tracing.ts';
import { type FakeCollector, startGrpcCollector, startHttpCollector } from '../../telemetry/telemetry-fixture.ts';
import { openBuiltin } from '../test-host.ts';

/** Opens the plugin as a process does, ends one span, closes everything. */
async function traceOnce(use: string, options: Record<string, unknown>, parent: Context = ROOT_CONTEXT): Promise<void> {
  await using plugin = await openBuiltin('tracing', use, options);
  await using tracing = openTracing({
    exporter: plugin.exporter,
    serviceName: 'braid-test',
    instanceId: 'node-1',
    sampleRatio: 1,
  });
  tracing.tracer.startSpan('do_search', { attributes: { segments: 3 } }, parent).end();
}

function expectOneSpan(collector: FakeCollector, path: string, contentType: string): void {
  expect(collector.deliveries).toHaveLength(1);
  const [delivery] = collector.deliveries;
  expect(delivery).toMatchObject({ path, contentType });
  for (const text of ['do_search', 'braid-test', 'segments']) expect(delivery!.body.includes(text)).toBe(true);
}

test('none records nothing', async () => {
  await using plugin = await openBuiltin('tracing', 'none');
  expect(plugin.exporter).toBeUndefined();
  await using tracing = openTracing({ exporter: undefined, serviceName: 'x', instanceId: 'x', sampleRatio: 1 });
  expect(tracing.tracer.startSpan('x').isRecording()).toBe(false);
});

test('console prints spans', async () => {
  const printed: unknown[] = [];
  const print = vi.spyOn(console, 'dir').mockImplementation((value) => void printed.push(value));
  await traceOnce('console', {});
  print.mockRestore();
  expect(printed).toMatchObject([{ name: 'do_search', attributes: { segments: 3 } }]);
});

test('otlp sends spans by gRPC', async () => {
  await using collector = await startGrpcCollector();
  await traceOnce('otlp', { endpoint: `http://127.0.0.1:${collector.port}` });
  expectOneSpan(collector, '/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'application/grpc');
});

test('otlp sends spans by HTTP', async () => {
  await using collector = await startHttpCollector();
  await traceOnce('otlp', { protocol: 'http', endpoint: `http://127.0.0.1:${collector.port}/v1/traces` });
  expectOneSpan(collector, '/v1/traces', 'application/json');
});

test('jaeger sends spans in its own format', async () => {
  await using collector = await startHttpCollector();
  await traceOnce('jaeger', { endpoint: `http://127.0.0.1:${collector.port}/api/traces` });
  expect(collector.deliveries[0]!.path).toMatch(/^\/api\/traces/);
  expect(collector.deliveries[0]).toMatchObject({ contentType: 'application/x-thrift' });
  const sent = Buffer.concat(collector.deliveries.map((delivery) => delivery.body));
  for (const text of ['do_search', 'braid-test', 'segments']) expect(sent.includes(text)).toBe(true);
});

test.each(['otlp', 'jaeger'])('%s does not hold up the end of the process when nobody listens', async (use) => {
  const begunAtMs = performance.now();
  await traceOnce(use, { endpoint: 'http://127.0.0.1:1' }).catch(() => undefined);
  expect(performance.now() - begunAtMs).toBeLessThan(15_000);
});

test('an option that is no protocol is refused', async () => {
  await expect(openBuiltin('tracing', 'otlp', { protocol: 'udp' })).rejects.toThrow(
    'tracing.with.protocol is "udp": must be one of grpc, http',
  );
});
