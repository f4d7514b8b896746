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
      columns={['Node', 'Role', 'Asked', 'Time', '', 'Sealed segments', 'Rows', 'Rows visited', 'Method']}
      numeric={['Time', 'Rows', 'Rows visited']}
      empty="no node was asked: the answer was kept from an earlier search"
      rows={plan.calls.map((call) => [
        call.address,
        call.role,
        ASKED[call.kind],
        milliseconds(call.durationMs),
        <i key="bar" class="share-bar" style={{ width: `${(call.durationMs / longestMs) * 100}%` }} />,
        call.role === 'writer' ? 'what the view lacks' : call.segmentCount,
        count(call.rowCount),
        count(call.visited),
        call.kind.startsWith('search') ? methodsOf(spans, call.address) : '–',
      ])}
      keys={plan.calls.map((_, i) => i)}
    />
  );
}

const ASKED: Readonly<Record<QueryPlan['calls'][number]['kind'], string>> = {
  searchSealed: 'search',
  searchGrowing: 'search',
  querySealed: 'rows',
  queryGrowing: 'rows',
  termStatisticsSealed: 'word counts',
  termStatisticsGrowing: 'word counts',
};

/** How the segments were searched, as far as the node gave its spans. */
function methodsOf(spans: readonly ProfiledSpan[], address: string): string {
  const methods = spans
    .filter(({ name }) => name === `search_${address}`)
    .flatMap((hop) => segmentsBelow(spans, hop))
    .map(({ attributes }) => String(attributes['method'] ?? ''));
  return [...new Set(methods)].filter((method) => method !== '').join(', ') || '–';
}

function segmentsBelow(spans: readonly ProfiledSpan[], parent: ProfiledSpan): readonly ProfiledSpan[] {
  return spans
    .filter(({ parentId }) => parentId === parent.id)
    .flatMap((span) => [...(span.name === 'search_segment' ? [span] : []), ...segmentsBelow(spans, span)]);
}
