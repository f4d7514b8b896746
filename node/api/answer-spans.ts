import type { SpansRequest, SpansResponse } from '../../proto/generated/node.ts';
import type { HeldTraces } from '../../telemetry/held-traces.ts';
import { spanRecordOf } from '../../telemetry/span-record.ts';

/** Lets the spans of these traces go to the exporter, or gives those that have ended. */
export function answerSpans(held: HeldTraces, { traceIds, export: isExport }: SpansRequest): SpansResponse {
  if (isExport) {
    for (const traceId of traceIds) held.keep(traceId);
    return { spansJson: [] };
  }
  const spans = traceIds.flatMap((traceId) => held.spansOf(traceId));
  return { spansJson: spans.map((span) => JSON.stringify(spanRecordOf(span))) };
}
