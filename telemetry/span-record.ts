import { type HrTime, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** A span that has ended, as it goes to other processes and to browsers. */
export interface SpanRecord {
  readonly id: string;
  /** Of the span it lies below; empty at the root of a trace. */
  readonly parentId: string;
  readonly name: string;
  /** Role of the process that recorded it (`braid-router`, `braid-reader`), and the id of its node. */
  readonly service: string;
  readonly nodeId: string;
  /** Milliseconds since the epoch, by the clock of that process. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why it failed; empty when it did not. */
  readonly error: string;
}

export function spanRecordOf(span: ReadableSpan): SpanRecord {
  const { name, parentSpanContext, startTime, duration, attributes, status, resource } = span;
  return {
    id: span.spanContext().spanId,
    parentId: parentSpanContext?.spanId ?? '',
    name,
    service: String(resource.attributes['service.name'] ?? ''),
    nodeId: String(resource.attributes['service.instance.id'] ?? ''),
    startMs: millisecondsOf(startTime),
    durationMs: millisecondsOf(duration),
    attributes,
    error: status.code === SpanStatusCode.ERROR ? (status.message ?? 'failed') : '',
  };
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
