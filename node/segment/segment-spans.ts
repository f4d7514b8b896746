import type { Tracer } from '@opentelemetry/api';
import { contextFromTraceparent } from '../../telemetry/tracing.ts';
import type { ReadOptions } from './read-segments.ts';

/** A span per segment of a read, below the caller's; undefined when the caller records nothing. */
export function segmentSpans(
  tracer: Tracer | undefined,
  kind: 'search' | 'query',
  traceparent: string | undefined,
): ReadOptions['onSegment'] | undefined {
  if (!tracer || !traceparent) return undefined;
  const parent = contextFromTraceparent(traceparent);
  return (segmentId) => {
    const span = tracer.startSpan(`${kind}_segment`, undefined, parent);
    return (info) => {
      span.setAttributes({
        segment: segmentId,
        rows: info.rowCount,
        found: info.found,
        visited: info.visited,
        method: info.method,
        rounds: info.rounds,
      });
      span.end(info.endMs);
    };
  };
}
