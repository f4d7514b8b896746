import { setTimeout as sleep } from 'node:timers/promises';
import { BraidError } from '../../core/errors.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { ApiClient } from './api-client.ts';

const LOOK_INTERVAL_MS = 500;

/** What `jobs/import/describe` answers; the list has the first lines only. */
export interface ImportJob {
  readonly jobId: string;
  readonly collectionName: string;
  readonly state: 'Pending' | 'Importing' | 'Completed' | 'Failed';
  /** In percent. */
  readonly progress: number;
  readonly reason?: string;
  readonly importedRows?: number;
  readonly totalRows?: number;
  readonly details?: readonly {
    readonly fileName: string;
    readonly fileSize: number;
    readonly progress: number;
    readonly importedRows: number;
    readonly totalRows: number;
  }[];
}

/** Waits until an import has ended, with a bar unless it should be quiet. One that failed throws `importFailed` with its reason. */
export async function followImport(
  client: ApiClient,
  jobId: string,
  { quiet }: { quiet: boolean },
): Promise<ImportJob> {
  using bar = new ProgressBar(`job ${jobId}`, '%', 100, quiet);
  for (;;) {
    const job = await client.call<ImportJob>('jobs/import/describe', { jobId });
    bar.update(job.progress);
    if (job.state === 'Completed') return job;
    if (job.state === 'Failed')
      throw new BraidError('importFailed', `job ${jobId} failed, nothing of it was imported: ${job.reason ?? ''}`);
    await sleep(LOOK_INTERVAL_MS);
  }
}
