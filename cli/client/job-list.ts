import type { JobsPage } from '../compose/page-shapes.ts';
import { durationText } from '../terminal/amounts.ts';
import type { ApiClient } from './api-client.ts';
import type { ImportJob } from './import-job.ts';

/** Work that a cluster does behind the calls that asked for it. */
export interface Job {
  /** Of imports and compactions; of a build: name of the index. */
  readonly id: string;
  readonly kind: 'import' | 'seal' | 'compaction' | 'index build';
  readonly collection: string;
  readonly state: 'pending' | 'running' | 'done' | 'failed';
  /** In percent; undefined: not known. */
  readonly progress: number | undefined;
  /** What there is to say of it: rows, segments, or why it failed. */
  readonly note: string;
}

const IMPORT_STATES = { Pending: 'pending', Importing: 'running', Completed: 'done', Failed: 'failed' } as const;
const WRITER_STATES: Readonly<Record<string, Job['state']>> = {
  running: 'running',
  completed: 'done',
  failed: 'failed',
};
const BUILD_STATES = { Finished: 'done', InProgress: 'running', Failed: 'failed' } as const;

export async function importJobs(client: ApiClient): Promise<Job[]> {
  const { records } = await client.call<{ readonly records: readonly ImportJob[] }>('jobs/import/list');
  return records.map(({ jobId, collectionName, state, progress, reason = '' }) => ({
    id: jobId,
    kind: 'import',
    collection: collectionName,
    state: IMPORT_STATES[state],
    progress,
    note: reason,
  }));
}

/** Seals and compactions, since the writer leads. */
export function writerJobs({ jobs }: JobsPage): Job[] {
  return jobs.map(({ jobId, kind, collection, state, cause, error, sourceIds, rowCount, durationMs }) => ({
    id: String(jobId),
    kind: kind === 'seal' ? 'seal' : 'compaction',
    collection,
    state: WRITER_STATES[state] ?? 'running',
    progress: state === 'running' ? undefined : 100,
    note:
      error ||
      [`${rowCount} rows of ${sourceIds.length} segments`, cause, durationMs > 0 ? durationText(durationMs) : '']
        .filter((words) => words !== '')
        .join(', '),
  }));
}

interface IndexDescription {
  readonly indexName: string;
  readonly indexState: keyof typeof BUILD_STATES;
  readonly totalRows: number;
  readonly indexedRows: number;
  readonly pendingRows: number;
  readonly failReason: string;
}

/** One for each index of a collection: done while no sealed row waits to be rewritten for it. */
export async function indexBuilds(client: ApiClient, collectionName: string): Promise<Job[]> {
  const names = await client.call<readonly string[]>('indexes/list', { collectionName });
  const described = await Promise.all(
    names.map((indexName) =>
      client.call<readonly IndexDescription[]>('indexes/describe', { collectionName, indexName }),
    ),
  );
  return described.flat().map((index) => ({
    id: index.indexName,
    kind: 'index build',
    collection: collectionName,
    state: BUILD_STATES[index.indexState],
    progress: percent(index.indexedRows, index.indexedRows + index.pendingRows),
    note: index.failReason || `${index.indexedRows} of ${index.totalRows} rows`,
  }));
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((100 * part) / whole);
}
