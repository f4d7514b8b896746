import type { JaegerSpan, JaegerTrace } from '../servers/jaeger.ts';

export function named(trace: JaegerTrace, name: string): readonly JaegerSpan[] {
  return trace.spans.filter((span) => span.operationName === name);
}

export function childrenOf(trace: JaegerTrace, parent: JaegerSpan): string[] {
  return trace.spans
    .filter((span) => span.references.some((reference) => reference.spanID === parent.spanID))
    .map((span) => span.operationName);
}

export function tagsOf({ tags }: JaegerSpan): Record<string, unknown> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
