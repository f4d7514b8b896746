import type { Clock } from '../../core/clock.ts';
import { toBraidError } from '../../core/errors.ts';
import type { WriterJobMessage } from '../../proto/generated/node.ts';
import type { JobObserver } from './job-ended.ts';
import { WRITER_LIMITS } from './limits.ts';

export interface JobBegin {
  readonly kind: 'seal' | 'compaction';
  readonly collectionId: number;
  /** Segments whose rows it writes. */
  readonly sourceIds: readonly number[];
  /** Of a compaction: why it was planned. */
  readonly cause?: string;
}

/** Called when the work is published, with the rows that it wrote to storage. */
export type JobDone = (rowCount: number) => void;

/** Seals and compactions of this writer: those that run, and the last ones that ended. In memory, for people who look; nothing depends on it. */
export class JobBook {
  readonly #clock: Clock;
  readonly #ended: JobObserver;
  /** Aborts when the writer closes: what fails then has not failed. */
  readonly #signal: AbortSignal;
  /** Oldest first. */
  readonly #jobs = new Map<number, WriterJobMessage>();
  #lastId = 0;

  constructor(clock: Clock, ended: JobObserver, signal: AbortSignal) {
    this.#clock = clock;
    this.#ended = ended;
    this.#signal = signal;
  }

  /** Work that ends without `done` found nothing to do: it leaves no trace. */
  async record<T>(begin: JobBegin, work: (done: JobDone) => Promise<T>): Promise<T> {
    const jobId = ++this.#lastId;
    const beganAtMs = this.#clock.monotonicMs();
    const { kind, collectionId, sourceIds, cause = '' } = begin;
    const common = { jobId, kind, collectionId, cause, sourceIds: [...sourceIds], startedAtMs: this.#clock.nowMs() };
    const end = (status: 'success' | 'fail', rowCount: number, error: string): void => {
      const durationMs = Math.round(this.#clock.monotonicMs() - beganAtMs);
      const state = status === 'success' ? 'completed' : 'failed';
      this.#jobs.set(jobId, { ...common, state, error, rowCount, durationMs });
      this.#ended({ job: kind, status, durationMs, rowCount });
    };
    this.#jobs.set(jobId, { ...common, state: 'running', error: '', rowCount: 0, durationMs: 0 });
    try {
      return await work((rowCount) => end('success', rowCount, ''));
    } catch (thrown) {
      if (!this.#signal.aborted) end('fail', 0, toBraidError(thrown).message);
      throw thrown;
    } finally {
      if (this.#jobs.get(jobId)?.state === 'running') this.#jobs.delete(jobId);
      this.#forgetOldest();
    }
  }

  /** Newest first. */
  list(): WriterJobMessage[] {
    return [...this.#jobs.values()].reverse();
  }

  #forgetOldest(): void {
    if (this.#jobs.size <= WRITER_LIMITS.jobsKeptMax) return;
    const oldest = [...this.#jobs.values()].find(({ state }) => state !== 'running');
    if (oldest) this.#jobs.delete(oldest.jobId);
  }
}
