import type { QueryPlan } from '../../../telemetry/log/slow-queries.ts';
import type { ProfiledSpan } from '../../../telemetry/profiler.ts';
import { DataTable } from './data-table.tsx';
import { count, milliseconds, plural } from './format.ts';

/** The plan as it was carried out: what was searched, which nodes were asked, for how long, and how they searched their segments. */
export function HopTable({ plan, spans }: { readonly plan: QueryPlan; readonly spans: readonly ProfiledSpan[] }) {
  return (
    <>
      <p class="muted">
        {plan.field} by {plan.metricType}, limit {plan.limit}, view {plan.viewVersion} with{' '}
        {plural(plan.segmentCount, 'sealed segment')}, {plural(plan.callCount, 'call')} of nodes
      </p>
      <DataTable
        caption="Plan: the nodes that were asked"
        columns={['Node', 'Role', 'Time', 'Sealed segments', 'Rows', 'Rows visited', 'Method']}
        numeric={['Time', 'Sealed segments', 'Rows', 'Rows visited']}
        empty="no node was asked: the answer was kept from an earlier search"
        rows={plan.calls.map((call) => [
          call.address,
          call.role,
          milliseconds(call.durationMs),
          call.role === 'writer' ? 'what the view lacks' : call.segmentCount,
          ...workOf(spans, call.address),
        ])}
      />
    </>
  );
}

/** Rows, rows visited and method, where the spans of the node are among those of the profile: in the same process. */
function workOf(spans: readonly ProfiledSpan[], address: string): readonly string[] {
  const segments = spans
    .filter(({ name }) => name === `search_${address}`)
    .flatMap((hop) => segmentsBelow(spans, hop))
    .map(({ attributes }) => attributes);
  if (segments.length === 0) return ['–', '–', '–'];
  const sumOf = (key: string): string => count(segments.reduce((sum, segment) => sum + Number(segment[key] ?? 0), 0));
  return [sumOf('rows'), sumOf('visited'), [...new Set(segments.map(({ method }) => String(method)))].join(', ')];
}

function segmentsBelow(spans: readonly ProfiledSpan[], parent: ProfiledSpan): readonly ProfiledSpan[] {
  return spans
    .filter(({ parentId }) => parentId === parent.id)
    .flatMap((span) => [...(span.name === 'search_segment' ? [span] : []), ...segmentsBelow(spans, span)]);
}
