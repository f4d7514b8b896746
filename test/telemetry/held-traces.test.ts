import { type SpanContext, type Tracer, trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { describe, expect, test } from 'vitest';
import { BraidError } from '../../core/errors.ts';
import { NODE_TAG } from '../../telemetry/held-traces.ts';
import { HELD_SPANS_MAX, HELD_TRACES_MAX } from '../../telemetry/limits.ts';
import { contextFromTraceparent, isHoldWanted, traceparentOf } from '../../telemetry/trace-context.ts';
import { markFailed, type OpenTracing, openTracing } from '../../telemetry/tracing.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const UNSAMPLED = `00-${TRACE_ID}-${SPAN_ID}-00`;

/** Keeps spans after its end, unlike the original. */
class KeepingExporter extends InMemorySpanExporter {
  override async shutdown(): Promise<void> {}

  get names(): string[] {
    return this.getFinishedSpans().map((span) => span.name);
  }
}

function open(exporter: KeepingExporter | undefined, tail?: { errors: boolean; slowMs: number }): OpenTracing {
  return openTracing({ exporter, serviceName: 'braid', instanceId: 'n', sampleRatio: 0, tail });
}

const callerOf = (traceparent: string): SpanContext => trace.getSpanContext(contextFromTraceparent(traceparent))!;

describe('where the call of a client came to', () => {
  const tail = { errors: true, slowMs: 1_000 };
  const call = (tracer: Tracer, name: string, { failed = false, ms = 10, traceparent = '' } = {}): void => {
    const outside = contextFromTraceparent(traceparent);
    const root = tracer.startSpan(name, { startTime: new Date(0) }, outside);
    const below = trace.setSpan(outside, root);
    const child = tracer.startSpan(`${name} part`, { attributes: { [NODE_TAG]: `of ${name}:1` } }, below);
    // As the node of the same process does: it knows the caller from a header.
    const node = tracer.startSpan(
      `${name} node`,
      { startTime: new Date(0) },
      contextFromTraceparent(traceparentOf(child.spanContext())),
    );
    node.end(new Date(1));
    child.end();
    if (failed) markFailed(root, new BraidError('indexNotFound', 'no index'));
    root.end(new Date(ms));
  };

  test('what sampling left out is sent when the call fails or is slow, whole, and its nodes are named; the rest is forgotten', async () => {
    const exporter = new KeepingExporter();
    const kept: string[] = [];
    {
      await using tracing = open(exporter, tail);
      tracing.held.onKept((_, nodes) => kept.push(...nodes));
      call(tracing.tracer, 'good');
      call(tracing.tracer, 'bad', { failed: true });
      call(tracing.tracer, 'slow', { ms: 1_001 });
      call(tracing.tracer, 'asked', { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` });
      expect(tracing.held.isEmpty).toBe(true);
      expect(tracing.held.spanCount).toBe(0);
    }
    const names = ['bad', 'slow', 'asked'].flatMap((name) => [name, `${name} node`, `${name} part`]);
    expect(exporter.names.sort()).toEqual(names.sort());
    expect(kept).toEqual(['of bad:1', 'of slow:1']);
    const bad = exporter.getFinishedSpans().filter((span) => span.name.startsWith('bad'));
    expect(new Set(bad.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(bad.at(-1)).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': '700' } });
  });

  test('nodes are asked to hold what is recorded unsampled, and nothing else', async () => {
    const outside = contextFromTraceparent(UNSAMPLED);
    await using recording = open(new KeepingExporter(), tail);
    expect(isHoldWanted(trace.setSpan(outside, recording.tracer.startSpan('call', {}, outside)))).toBe(true);
    await using idle = open(new KeepingExporter());
    expect(isHoldWanted(trace.setSpan(outside, idle.tracer.startSpan('call', {}, outside)))).toBe(false);
    const sampled = contextFromTraceparent(UNSAMPLED.replace(/00$/, '01'));
    expect(isHoldWanted(trace.setSpan(sampled, idle.tracer.startSpan('call', {}, sampled)))).toBe(false);
  });

  test('is not recorded at all without such rules', async () => {
    await using tracing = open(new KeepingExporter());
    expect(tracing.tracer.startSpan('call').isRecording()).toBe(false);
  });

  test('a bounded number of traces waits, the oldest is let go', async () => {
    const exporter = new KeepingExporter();
    {
      await using tracing = open(exporter, tail);
      const spans = Array.from({ length: HELD_TRACES_MAX + 1 }, (_, i) =>
        tracing.tracer.startSpan(`call ${i}`, { root: true }),
      );
      const [first, second] = spans;
      for (const span of [first!, second!]) {
        markFailed(span, new Error('late'));
        span.end();
      }
    }
    expect(exporter.names).toEqual(['call 1']);
  });
});

describe('at a node', () => {
  const parent = contextFromTraceparent(UNSAMPLED);

  test('spans of a trace that its caller wants held wait for it, those that end later, too; of others nothing is recorded', async () => {
    const exporter = new KeepingExporter();
    {
      await using tracing = open(exporter);
      expect(tracing.tracer.startSpan('before', {}, parent).isRecording()).toBe(false);
      tracing.held.hold(callerOf(UNSAMPLED));
      tracing.tracer.startSpan('early', {}, parent).end();
      const late = tracing.tracer.startSpan('late', {}, parent);
      expect(tracing.held.spansOf(TRACE_ID).map(({ name }) => name)).toEqual(['early']);
      tracing.held.keep('f'.repeat(32));
      tracing.held.keep(TRACE_ID);
      late.end();
      expect(tracing.held.spanCount).toBe(0);
    }
    expect(exporter.names).toEqual(['early', 'late']);
    expect(exporter.getFinishedSpans()[0]!.spanContext()).toMatchObject({ traceId: TRACE_ID, traceFlags: 1 });
  });

  test('nothing is sent of what nobody keeps, and it stays within bounds', async () => {
    const exporter = new KeepingExporter();
    {
      await using tracing = open(exporter);
      const traceIds = Array.from({ length: HELD_SPANS_MAX / 10 + 5 }, (_, i) =>
        (i + 1).toString(16).padStart(32, '0'),
      );
      for (const traceId of traceIds) {
        const traceparent = `00-${traceId}-${SPAN_ID}-00`;
        tracing.held.hold(callerOf(traceparent));
        for (let i = 0; i < 10; i++) tracing.tracer.startSpan('node', {}, contextFromTraceparent(traceparent)).end();
      }
      expect(tracing.held.spanCount).toBe(HELD_SPANS_MAX);
      expect(tracing.held.isHeld(traceIds[4]!)).toBe(false);
      expect(tracing.held.isHeld(traceIds[5]!)).toBe(true);
    }
    expect(exporter.names).toEqual([]);
  });

  test('without an exporter only what is to be shown is held: a profile', async () => {
    await using tracing = open(undefined);
    tracing.held.hold(callerOf(UNSAMPLED));
    expect(tracing.held.isEmpty).toBe(true);
    const sampled = UNSAMPLED.replace(/00$/, '01');
    tracing.held.hold(callerOf(sampled));
    tracing.tracer.startSpan('shown', {}, contextFromTraceparent(sampled)).end();
    expect(tracing.held.spansOf(TRACE_ID).map(({ name }) => name)).toEqual(['shown']);
  });
});
