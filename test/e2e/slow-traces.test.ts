import { setTimeout as sleep } from 'node:timers/promises';
import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { Jaeger, type JaegerTrace, missingJaeger } from '../servers/jaeger.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { named, tagsOf } from './jaeger-tree.ts';

const DIM = 8;
const COLLECTION = 'kept';
const SEGMENTS = 6;
const SLOW_MS = 1_000;

/** Nodes are left to the defaults: the router alone decides. */
const TELEMETRY = { traceSampleRatio: 0, traceErrors: true, traceSlowMs: SLOW_MS };

describe.runIf(mayRunWith('Jaeger', missingJaeger()))(
  'traces that sampling left out, over a router, a writer and 3 readers',
  () => {
    test('a slow and a failing search arrive whole in a real Jaeger, a fast one does not', async () => {
      await using jaeger = await Jaeger.start();
      const tracing = { use: 'otlp', with: { endpoint: jaeger.otlpGrpc } };
      await using braid = await DEPLOYMENTS[1]!.start({
        tracing,
        telemetry: TELEMETRY,
        writer: { compactionEnabled: false },
      });
      await fill(await braid.client());
      const fastId = await fastSearch(braid);

      const readers = braid.processes.started.filter(({ role }) => role === 'reader');
      const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
        for (const { child } of readers) child.kill(name);
      };
      signal('SIGSTOP');
      const slow = search(braid, 'b'.repeat(32));
      // It is the slowness itself that is waited for.
      await sleep(SLOW_MS * 1.2);
      signal('SIGCONT');
      const { durationMs } = await slow;
      expect(durationMs).toBeGreaterThan(SLOW_MS);
      expectWhole(await arrived(jaeger, 'b'.repeat(32)));

      signal('SIGSTOP');
      const { code } = await search(braid, 'c'.repeat(32), { 'request-timeout': '1' });
      signal('SIGCONT');
      expect(code).not.toBe(0);
      const failed = await arrived(jaeger, 'c'.repeat(32));
      expectWhole(failed);
      const [root] = named(failed, 'POST /v2/vectordb/entities/search');
      expect(tagsOf(root!)).toMatchObject({ error: true, 'error.type': String(code) });

      expect(await jaeger.trace(fastId)).toBeUndefined();
    }, 300_000);
  },
);

interface Answered {
  readonly code: number;
  readonly durationMs: number;
}

/** Its trace is known, and the caller left it unsampled. */
async function search(
  { address }: Deployment,
  traceId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const beganMs = performance.now();
  const answer = await fetch(`http://${address}/v2/vectordb/entities/search`, {
    method: 'POST',
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00`, ...headers },
    body: JSON.stringify({ collectionName: COLLECTION, data: [new Array(DIM).fill(0.5)], limit: 5 }),
  });
  const { code } = (await answer.json()) as { code: number };
  return { code, durationMs: performance.now() - beganMs };
}

/** On a busy machine a search may be slow by itself: the first that is not. */
async function fastSearch(braid: Deployment): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const traceId = attempt.toString(16).padStart(32, 'f');
    const { code, durationMs } = await search(braid, traceId);
    expect(code).toBe(0);
    if (durationMs < SLOW_MS / 2) return traceId;
  }
}

/** Every process sends its spans when it likes: whole is a trace when every call of the router has the span of the node that answered it. */
async function arrived(jaeger: Jaeger, traceId: string): Promise<JaegerTrace> {
  let trace: JaegerTrace | undefined;
  const isWhole = async (): Promise<boolean> => {
    trace = await jaeger.trace(traceId);
    return trace !== undefined && callsOf(trace).every(({ spanID }) => servedBelow(trace!, spanID) !== undefined);
  };
  await expect.poll(isWhole, { timeout: 60_000, interval: 500 }).toBe(true);
  return trace!;
}

function expectWhole(trace: JaegerTrace): void {
  const serviceOf = (processID: string): string => trace.processes[processID]!.serviceName;
  const calls = callsOf(trace);
  const served = calls.map(({ spanID }) => servedBelow(trace, spanID)!);
  expect(new Set(calls.map((span) => serviceOf(span.processID)))).toEqual(new Set(['braid-router']));
  expect(new Set(served.map((span) => serviceOf(span.processID)))).toEqual(new Set(['braid-reader', 'braid-writer']));
  const nodes = new Set(calls.map((span) => tagsOf(span)['node']));
  expect(nodes.size).toBeGreaterThanOrEqual(3);
  expect(named(trace, 'search_segment').length).toBeGreaterThanOrEqual(1);
}

function callsOf(trace: JaegerTrace) {
  return trace.spans.filter(({ operationName }) => /^search_\d/.test(operationName));
}

function servedBelow(trace: JaegerTrace, callId: string) {
  return named(trace, 'node_search').find(({ references }) => references.some(({ spanID }) => spanID === callId));
}

async function fill(client: MilvusClient): Promise<void> {
  await client.createCollection({
    collection_name: COLLECTION,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
    index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: COLLECTION });
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const data = Array.from({ length: 20 }, (_, i) => ({ id: segment * 20 + i, vector: new Array(DIM).fill(i) }));
    await client.insert({ collection_name: COLLECTION, data });
    await client.flushSync({ collection_names: [COLLECTION] });
  }
}
