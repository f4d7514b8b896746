import type { ProfiledSpan } from '../../../telemetry/profiler.ts';

export interface SpanRow {
  readonly span: ProfiledSpan;
  readonly depth: number;
  readonly hasChildren: boolean;
}

/** The spans as a tree, depth first, children in the order of their begin. Below spans whose ids are in `folded` nothing is shown. */
export function spanRows(spans: readonly ProfiledSpan[], folded: ReadonlySet<string>): readonly SpanRow[] {
  const known = new Set(spans.map(({ id }) => id));
  const childrenOf = Map.groupBy(spans, ({ parentId }) => (known.has(parentId) ? parentId : ''));
  const below = (parentId: string, depth: number): SpanRow[] =>
    [...(childrenOf.get(parentId) ?? [])]
      .sort((left, right) => left.startMs - right.startMs)
      .flatMap((span) => [
        { span, depth, hasChildren: childrenOf.has(span.id) },
        ...(folded.has(span.id) ? [] : below(span.id, depth + 1)),
      ]);
  return below('', 0);
}
