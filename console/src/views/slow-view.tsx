import type { SlowQueriesPage, SlowQuery } from '../../../telemetry/log/slow-queries.ts';
import { DataTable } from '../components/data-table.tsx';
import { count, milliseconds } from '../components/format.ts';
import { usePage } from '../data/use-page.ts';

const CALLS_SHOWN_MAX = 3;

/** Reads that took longer than the threshold, with where their time went. */
export function SlowView() {
  const { value, error } = usePage<SlowQueriesPage>('/slow-queries');
  if (error !== '') return <p role="alert">{error}</p>;
  if (!value) return <p class="muted">reading …</p>;
  return (
    <>
      <p class="muted">
        {count(value.count)} reads took longer than {value.thresholdMs} ms (telemetry.slowQueryMs) since this router
        started.
      </p>
      <SlowTable caption="Slowest" queries={value.slowest} />
      <SlowTable caption="Newest" queries={value.recent} />
    </>
  );
}

function SlowTable({ caption, queries }: { readonly caption: string; readonly queries: readonly SlowQuery[] }) {
  return (
    <DataTable
      caption={caption}
      columns={['Begun', 'Duration', 'Call', 'Collection', 'Filter', 'Plan', 'Phases', 'Slowest nodes']}
      numeric={['Duration']}
      empty={`${caption}: no slow read yet`}
      rows={queries.map((query) => [
        new Date(query.time).toLocaleTimeString('en-GB'),
        milliseconds(query.durationMs),
        query.code === 0 ? query.method : `${query.method}: ${query.reason}`,
        `${query.database}.${query.collection}`,
        <code key="filter">{query.filter}</code>,
        planOf(query),
        query.plan.phases.map(({ name, durationMs }) => `${name} ${milliseconds(durationMs)}`).join(', '),
        slowestCalls(query),
      ])}
    />
  );
}

function planOf({ plan }: SlowQuery): string {
  const { field, metricType, queryCount, limit, segmentCount } = plan;
  const searched = field === '' ? '' : `${field} by ${metricType}, nq ${queryCount}, `;
  return `${searched}limit ${limit}, ${segmentCount} segments`;
}

function slowestCalls({ plan }: SlowQuery): string {
  return [...plan.calls]
    .sort((left, right) => right.durationMs - left.durationMs)
    .slice(0, CALLS_SHOWN_MAX)
    .map(({ address, durationMs }) => `${address} ${milliseconds(durationMs)}`)
    .join(', ');
}
