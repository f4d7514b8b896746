import type { QueryPlan } from '../../../telemetry/log/slow-queries.ts';
import type { ProfiledSpan } from '../../../telemetry/profiler.ts';
import { DataTable } from './data-table.tsx';
import { count, milliseconds, plural } from './format.ts';

/** The plan as it was carried out: which nodes were asked, for how long, and how they searched their segments. */
export function HopTable({ plan, spans }: { readonly plan: QueryPlan; readonly spans: readonly ProfiledSpan[] }) {
  const longestMs = Math.max(0.001, ...plan.calls.map(({ durationMs }) => durationMs));
  return (
    <DataTable
      caption="Plan: the nodes that were asked"
      aside={
        <span class="muted">
          {plan.field !== '' && `${plan.field} by ${plan.metricType}, `}limit {plan.limit}, view {plan.viewVersion} with{' '}
          {plural(plan.segmentCount, 'sealed segment')}, {plural(plan.callCount, 'call')} of nodes
        </span>
      }
      columns={['Node', 'Role', 'Time', '', 'Sealed segments', 'Rows', 'Rows visited', 'Method']}
      numeric={['Time', 'Rows', 'Rows visited']}
      empty="no node was asked: the answer was kept from an earlier search"
      rows={plan.calls.map((call) => [
        call.address,
        call.role,
        milliseconds(call.durationMs),
        <i key="bar" class="share-bar" style={{ width: `${(call.durationMs / longestMs) * 100}%` }} />,
        call.role === 'writer' ? 'what the view lacks' : call.segmentCount,
        ...workOf(spans, call.address),
      ])}
      keys={plan.calls.map((_, i) => i)}
    />
  );
}

/** Rows, rows visited and method, where the spans of the node are among those of the profile. */
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
