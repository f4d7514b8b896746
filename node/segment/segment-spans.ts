import type { Tracer } from '@opentelemetry/api';
import { tagCall } from '../../telemetry/log/call-scope.ts';
import { contextFromTraceparent } from '../../telemetry/trace-context.ts';
import type { ReadOptions, SegmentReadInfo } from './read-segments.ts';

/**
 * A span per segment of a read, below the caller's, and what they come to as tags of the call; undefined when the caller records nothing. Times of the thread pool
 * are of all rounds of a segment together; of the call they are those of the segment that waited longest.
 */
export function segmentSpans(
  tracer: Tracer | undefined,
  kind: 'search' | 'query',
  traceparent: string | undefined,
): ReadOptions['onSegment'] | undefined {
  if (!tracer || !traceparent) return undefined;
  const parent = contextFromTraceparent(traceparent);
  const infos: SegmentReadInfo[] = [];
  let begun = 0;
  return (segmentId) => {
    const span = tracer.startSpan(`${kind}_segment`, undefined, parent);
    begun++;
    return (info) => {
      const { state, method, found, rounds, rowCount, allowedCount, endMs } = info;
      const counts = { rows: rowCount, allowed: allowedCount, selectivity: share(allowedCount, rowCount), found };
      span.setAttributes({ segment: segmentId, state, method, ...counts });
      if (kind === 'search') span.setAttributes({ rounds, ...costOf(info) });
      span.end(endMs);
      if (infos.push(info) === begun) tagCall(() => totalsOf(kind, infos));
    };
  };
}

function totalsOf(kind: 'search' | 'query', infos: readonly SegmentReadInfo[]) {
  const sum = (value: (info: SegmentReadInfo) => number): number =>
    infos.reduce((total, info) => total + value(info), 0);
  const rows = sum((info) => info.rowCount);
  const allowed = sum((info) => info.allowedCount);
  const totals = {
    segments_read: infos.length,
    rows,
    allowed,
    selectivity: share(allowed, rows),
    methods: [...new Set(infos.map((info) => info.method))].sort(),
  };
  if (kind === 'query') return totals;
  const longest = infos.reduce((most, info) => (info.queueMs > most.queueMs ? info : most));
  return { ...totals, ...costOf(longest), visited: sum((info) => info.visited) };
}

function costOf({ visited, queueMs, runMs }: SegmentReadInfo) {
  return { visited, queue_ms: queueMs, run_ms: runMs };
}

/** Of no rows all. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
