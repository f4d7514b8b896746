import { useState } from 'preact/hooks';
import type { JobPage, JobsPage } from '../../../cli/compose/page-shapes.ts';
import { Badge } from '../components/badge.tsx';
import { Choice } from '../components/choice.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Failed } from '../components/empty.tsx';
import { count, milliseconds, timeOfDay } from '../components/format.ts';
import { Progress } from '../components/progress.tsx';
import { Stat, Stats } from '../components/stat.tsx';
import type { ImportJobs } from '../data/rest-shapes.ts';
import { status } from '../data/status.ts';
import { useCall } from '../data/use-call.ts';
import { usePage } from '../data/use-page.ts';

const REFRESH_MS = 2_000;
const KINDS = { All: undefined, Seals: 'seal', Compactions: 'compaction' } as const;
type Kind = keyof typeof KINDS;
const SHOWN_MAX = 50;

/** Why a segment is compacted, in words. */
const CAUSES: Readonly<Record<string, string>> = {
  small: 'segments too small',
  deletes: 'many deleted rows',
  expired: 'all rows expired',
  index: 'another index is wanted',
  stale: 'deletes not yet written to it',
};

/** What goes on besides reads and writes: imports, builds of indexes, seals, compactions, and segments on their way to other readers. */
export function JobsView() {
  const { value: page, error } = usePage<JobsPage>('/jobs', REFRESH_MS);
  const { value: imports, error: importError } = useCall<ImportJobs>('jobs/import/list', {}, REFRESH_MS);
  const moving = movingSegments();
  const jobs = page?.jobs ?? [];
  const importing = (imports?.records ?? []).filter(({ state }) => state === 'Importing' || state === 'Pending');
  const failed = jobs.filter(({ state }) => state === 'failed').length;
  return (
    <>
      <Stats>
        <Stat
          name="Running"
          value={page ? jobs.filter(({ state }) => state === 'running').length : '–'}
          detail="seals and compactions"
        />
        <Stat name="Failed" value={page ? failed : '–'} tone={failed > 0 ? 'bad' : 'plain'} detail="of the last 200" />
        <Stat name="Imports" value={imports ? importing.length : '–'} detail="under way" />
        <Stat name="Indexes" value={page ? page.waitingIndexes.length : '–'} detail="being built" />
        <Stat name="On the move" value={moving.length} detail="segments" tone={moving.length > 0 ? 'warn' : 'plain'} />
      </Stats>
      {(error || importError) !== '' && <Failed error={error || importError} />}
      <Imports imports={imports} />
      <Indexes page={page} />
      <WriterJobs jobs={jobs} />
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

function movingSegments() {
  const collections = status.value.value?.collections ?? [];
  return collections.flatMap(({ database, name, placement }) =>
    placement.moving.map((segment) => ({ ...segment, collection: `${database}.${name}` })),
  );
}

function Imports({ imports }: { readonly imports: ImportJobs | undefined }) {
  return (
    <DataTable
      caption="Imports"
      columns={['Job', 'Collection', 'State', 'Progress', 'Why it failed']}
      empty="no bulk import was asked for"
      rows={(imports?.records ?? []).map(({ jobId, collectionName, state, progress, reason }) => [
        jobId,
        collectionName,
        <StateBadge key="state" state={state.toLowerCase()} />,
        <Progress key="progress" share={progress / 100} />,
        reason ?? '',
      ])}
    />
  );
}

function Indexes({ page }: { readonly page: JobsPage | undefined }) {
  return (
    <DataTable
      caption="Indexes that are built"
      columns={['Collection', 'Field', 'Progress', 'Rows that wait', 'Why the last try failed']}
      numeric={['Rows that wait']}
      empty="all sealed rows have the indexes that were asked for"
      rows={(page?.waitingIndexes ?? []).map(({ collection, field, waitingRows, rows, failedReason }) => [
        collection,
        field,
        <Progress key="progress" share={rows > 0 ? 1 - waitingRows / rows : 1} />,
        count(waitingRows),
        failedReason,
      ])}
      keys={(page?.waitingIndexes ?? []).map(({ collection, field }) => `${collection} ${field}`)}
    />
  );
}

function WriterJobs({ jobs }: { readonly jobs: readonly JobPage[] }) {
  const [kind, setKind] = useState<Kind>('All');
  const shown = jobs.filter((job) => KINDS[kind] === undefined || job.kind === KINDS[kind]).slice(0, SHOWN_MAX);
  return (
    <DataTable
      caption="Seals and compactions"
      aside={<Choice label="Kind of job" names={Object.keys(KINDS) as Kind[]} chosen={kind} onChoose={setKind} />}
      columns={['Began', 'Job', 'Collection', 'State', 'Took', 'Rows', 'Segments', 'Why']}
      numeric={['Took', 'Rows']}
      empty="none since this writer leads"
      rows={shown.map((job) => [
        timeOfDay(job.startedAtMs),
        job.kind,
        job.collection,
        <StateBadge key="state" state={job.state} />,
        job.state === 'running' ? '…' : milliseconds(job.durationMs),
        count(job.rowCount),
        job.sourceIds.join(', '),
        job.error || (job.kind === 'seal' ? 'full, old, or flushed' : (CAUSES[job.cause] ?? job.cause)),
      ])}
      keys={shown.map(({ jobId }) => jobId)}
    />
  );
}

function StateBadge({ state }: { readonly state: string }) {
  const tone = state === 'completed' ? 'good' : state === 'failed' ? 'bad' : 'warn';
  return <Badge tone={tone}>{state}</Badge>;
}
