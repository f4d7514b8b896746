import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BraidError } from '../../core/errors.ts';
import { ManagementServer } from '../../telemetry/management-server.ts';
import { createMetrics } from '../../telemetry/metrics.ts';

let reasons: string[];
let server: ManagementServer;

beforeEach(async () => {
  reasons = [];
  const pages = new Map<string, () => unknown>([
    ['/status', () => ({ term: 3, timestamp: 2n ** 60n })],
    ['/later', async () => ['waited']],
    ['/broken', () => Promise.reject(new Error('the catalog is not there'))],
  ]);
  const { registry } = createMetrics('node-1');
  server = await ManagementServer.listen({ host: '127.0.0.1', port: 0, registry, unhealthy: () => reasons, pages });
});

afterEach(() => server[Symbol.asyncDispose]());

const get = async (path: string, method = 'GET'): Promise<{ status: number; type: string | null; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

test('a well process says OK, as Milvus does', async () => {
  expect(await get('/healthz')).toMatchObject({ status: 200, text: 'OK' });
  expect(await get('/livez')).toMatchObject({ status: 200 });
});

test('an unwell process says why, but lives', async () => {
  reasons = ['the writer has no lease', 'no reader answers'];
  expect(await get('/healthz')).toMatchObject({ status: 503, text: 'the writer has no lease\nno reader answers\n' });
  expect(await get('/livez')).toMatchObject({ status: 200 });
});

test('metrics are in the format of Prometheus', async () => {
  const { status, type, text } = await get('/metrics');
  expect(status).toBe(200);
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toContain('braid_process_cpu_seconds_total');
  for (const line of text.trim().split('\n')) expect(line).toMatch(/^(#.*|[a-z0-9_]+(\{.*\})? \S+|)$/);
});

test('pages are JSON, with large numbers as text', async () => {
  const { type, text } = await get('/status?x=1');
  expect(type).toBe('application/json');
  expect(JSON.parse(text)).toEqual({ term: 3, timestamp: '1152921504606846976' });
  expect(JSON.parse((await get('/later')).text)).toEqual(['waited']);
});

test('what fails, is unknown or would change something is refused in words', async () => {
  expect(await get('/broken')).toMatchObject({ status: 500, text: 'the catalog is not there\n' });
  expect(await get('/nothing')).toMatchObject({
    status: 404,
    text: expect.stringContaining('try /livez, /healthz, /metrics, /status'),
  });
  expect(await get('/status', 'POST')).toMatchObject({ status: 405 });
});

test('a port that is taken is named', async () => {
  const options = {
    host: '127.0.0.1',
    port: server.port,
    registry: new Registry(),
    unhealthy: () => [],
    pages: new Map(),
  };
  await expect(ManagementServer.listen(options)).rejects.toMatchObject({
    kind: 'serviceUnavailable',
    message: expect.stringContaining(`cannot listen on 127.0.0.1:${server.port}`),
  });
});

test('what may be changed is changed by PUT; a bad body is a 400 that says why', async () => {
  const bodies: string[] = [];
  const change = (body: string) => {
    if (body === 'bad') throw new BraidError('parameterInvalid', 'bad is not good');
    bodies.push(body);
    return { level: body };
  };
  const { registry } = createMetrics('node-1');
  const changes = new Map([['/log/level', change]]);
  await using changing = await ManagementServer.listen({
    host: '127.0.0.1',
    port: 0,
    registry,
    unhealthy: () => [],
    pages: new Map(),
    changes,
  });
  const put = async (path: string, body: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${changing.port}${path}`, { method: 'PUT', body });
    return `${response.status} ${await response.text()}`;
  };
  expect(await put('/log/level', 'debug')).toContain('200 {');
  expect(await put('/log/level', 'bad')).toMatch(/^400 .*[\s\S]*bad is not good/);
  expect(await put('/log/level', 'x'.repeat(5_000))).toMatch(/^400 /);
  expect(await put('/status', 'debug')).toMatch(/^405 /);
  expect(bodies).toEqual(['debug']);
});
