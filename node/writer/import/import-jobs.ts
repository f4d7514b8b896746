import { BraidError, toBraidError } from '../../../core/errors.ts';
import type { ImportJobRecord } from '../../../core/import-job.ts';
import type { ImportJobMessage, ImportRequest } from '../../../proto/generated/node.ts';
import { IMPORT_LIMITS } from '../../builder/import/limits.ts';
import { checkFileType } from '../../builder/import/read-file.ts';
import { WorkLane } from '../../builder/work-lane.ts';
import { checkPartition } from '../check-rows.ts';
import { applyChanges, requireCollection, type WriterContext } from '../writer-context.ts';
import { checkOptions } from './import-options.ts';
import { ImportProgress, importJobMessage } from './import-progress.ts';
import { runImport } from './run-import.ts';

/**
 * Bulk imports: recorded before they begin, run one after the other, visible whole or not at all. A job that was under way when the writer went down
 * begins again: nothing of its first try was published.
 */
export class ImportJobs {
  readonly #context: WriterContext;
  readonly #lane = new WorkLane();
  readonly #jobs = new Map<number, ImportJobRecord>();
  /** Of the job that runs. */
  readonly #progress = new Map<number, ImportProgress>();

  constructor(context: WriterContext, recorded: readonly ImportJobRecord[]) {
    this.#context = context;
    for (const job of recorded) this.#jobs.set(job.id, job);
    for (const job of recorded) if (isUnfinished(job)) this.#enqueue(job);
  }

  /** Throws for what is wrong before a file is looked at; what is wrong with a file fails the job. */
  async start(request: ImportRequest): Promise<number> {
    const { ids, clock, collections } = this.#context;
    const { collectionId, partitionId, files, options } = request;
    const collection = requireCollection(this.#context, collectionId);
    if (partitionId !== 0) checkPartition(collection.record, partitionId);
    checkFiles(files);
    checkOptions(Object.fromEntries(options));
    const waiting = [...this.#jobs.values()].filter(isUnfinished).length;
    if (waiting >= IMPORT_LIMITS.jobsMax) {
      throw new BraidError(
        'resourceInsufficient',
        `${waiting} imports wait already, at most ${IMPORT_LIMITS.jobsMax} may`,
      );
    }
    const nowMs = clock.nowMs();
    const job: ImportJobRecord = {
      id: ids.next(),
      collectionId,
      partitionId,
      files: files.map((path) => ({ path: path.replace(/^\/+/, ''), byteLength: 0, rowCount: 0 })),
      options: Object.fromEntries(options),
      state: 'pending',
      reason: '',
      rowCount: 0,
      segmentIds: [],
      createdAtMs: nowMs,
      endedAtMs: 0,
    };
    const old = [...this.#jobs.values()].filter(
      (other) =>
        !isUnfinished(other) &&
        (other.endedAtMs + IMPORT_LIMITS.retentionMs < nowMs || !collections.has(other.collectionId)),
    );
    await applyChanges(this.#context, [
      { kind: 'putImportJob', job },
      ...(old.length > 0 ? [{ kind: 'forgetImportJobs', ids: old.map((other) => other.id) } as const] : []),
    ]);
    for (const other of old) this.#jobs.delete(other.id);
    this.#jobs.set(job.id, job);
    this.#enqueue(job);
    return job.id;
  }

  /** Newest first. 0: of all collections; 0: all jobs. */
  list(collectionId: number, jobId: number): ImportJobMessage[] {
    return [...this.#jobs.values()]
      .filter((job) => (collectionId === 0 || job.collectionId === collectionId) && (jobId === 0 || job.id === jobId))
      .sort((left, right) => right.id - left.id)
      .map((job) => importJobMessage(job, this.#progress.get(job.id)));
  }

  /** Resolves when no import runs. */
  idle(): Promise<void> {
    return this.#lane.idle();
  }

  #enqueue(job: ImportJobRecord): void {
    this.#lane
      .run(() => this.#run(job))
      .catch((thrown) => {
        if (this.#context.signal.aborted) return;
        const fields = { jobId: job.id, reason: toBraidError(thrown).message };
        this.#context.logger.error(
          fields,
          'the outcome of an import could not be recorded, it begins again after a restart',
        );
      });
  }

  async #run(waiting: ImportJobRecord): Promise<void> {
    const { clock, logger, signal, jobEnded } = this.#context;
    if (signal.aborted) return;
    const job = await this.#record({ ...waiting, state: 'importing' });
    const progress = new ImportProgress(job);
    this.#progress.set(job.id, progress);
    const startMs = clock.monotonicMs();
    try {
      const completed = await runImport(this.#context, job, progress);
      this.#jobs.set(job.id, completed);
      const elapsedMs = Math.round(clock.monotonicMs() - startMs);
      const { rowCount, collectionId } = completed;
      jobEnded({ job: 'import', status: 'success', durationMs: elapsedMs, rowCount });
      logger.info({ jobId: job.id, collectionId, rowCount, elapsedMs }, 'import completed');
    } catch (thrown) {
      // A writer that closes leaves the job to its successor.
      if (signal.aborted) return;
      const reason = toBraidError(thrown).message;
      jobEnded({ job: 'import', status: 'fail', durationMs: clock.monotonicMs() - startMs, rowCount: 0 });
      logger.warn({ jobId: job.id, collectionId: job.collectionId, reason }, 'import failed');
      await this.#record({ ...job, state: 'failed', reason, files: progress.files, endedAtMs: clock.nowMs() });
    } finally {
      this.#progress.delete(job.id);
    }
  }

  async #record(job: ImportJobRecord): Promise<ImportJobRecord> {
    await applyChanges(this.#context, [{ kind: 'putImportJob', job }]);
    this.#jobs.set(job.id, job);
    return job;
  }
}

function isUnfinished({ state }: ImportJobRecord): boolean {
  return state === 'pending' || state === 'importing';
}

function checkFiles(files: readonly string[]): void {
  const { filesMax } = IMPORT_LIMITS;
  if (files.length === 0) throw new BraidError('importFailed', 'import request is empty: no file is named');
  if (files.length > filesMax) {
    throw new BraidError(
      'importFailed',
      `the max number of import files should not exceed ${filesMax}, but got ${files.length}`,
    );
  }
  for (const path of files) checkFileType(path);
}
