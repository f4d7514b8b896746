import { DataTable } from '../components/data-table.tsx';
import type { ImportJobs } from '../data/rest-shapes.ts';
import { status } from '../data/status.ts';
import { useCall } from '../data/use-call.ts';

/** What goes on besides reads and writes: imports, and segments on their way to other readers. */
export function JobsView() {
  const collections = status.value.value?.collections ?? [];
  const moving = collections.flatMap(({ database, name, placement }) =>
    placement.moving.map((segment) => ({ ...segment, collection: `${database}.${name}` })),
  );
  return (
    <>
      <h2>Imports</h2>
      <Imports />
      <h2>Segments that move</h2>
      <DataTable
        caption="Segments that move"
        columns={['Segment', 'Collection', 'To', 'Meanwhile served by']}
        empty="every segment is where it belongs"
        rows={moving.map(({ id, collection, to, servedBy }) => [
          id,
          collection,
          to.join(', '),
          servedBy.join(', ') || 'loaded when it is asked for',
        ])}
      />
    </>
  );
}

function Imports() {
  const { value, error } = useCall<ImportJobs>('jobs/import/list', {});
  if (error !== '') return <p role="alert">{error}</p>;
  if (!value) return <p class="muted">reading …</p>;
  return (
    <DataTable
      caption="Imports, newest first"
      columns={['Job', 'Collection', 'State', 'Progress', 'Why it failed']}
      empty="no bulk import was asked for"
      rows={value.records.map(({ jobId, collectionName, state, progress, reason }) => [
        jobId,
        collectionName,
        state,
        <progress key="progress" max={100} value={progress} aria-label={`${progress} %`} />,
        reason ?? '',
      ])}
    />
  );
}
