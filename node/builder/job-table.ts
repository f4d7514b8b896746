import type { JobResponse } from '../../proto/generated/node.ts';
import { BUILDER_LIMITS } from './limits.ts';

interface Job {
  executing: number;
  completed: number;
  failed: number;
  error: string;
}

/** Compaction jobs that were asked for: how far their plans are. Old ones are forgotten; a job that is not known counts as done. */
export class JobTable {
  readonly #jobs = new Map<number, Job>();

  /** Follows the outcome of all plans of a job. */
  start(jobId: number, plans: readonly Promise<unknown>[]): void {
    const job: Job = { executing: plans.length, completed: 0, failed: 0, error: '' };
    this.#jobs.set(jobId, job);
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= BUILDER_LIMITS.jobsKept) break;
      this.#jobs.delete(oldest);
    }
    for (const plan of plans) {
      plan.then(
        () => {
          job.executing--;
          job.completed++;
        },
        (error) => {
          job.executing--;
          job.failed++;
          job.error = error instanceof Error ? error.message : String(error);
        },
      );
    }
  }

  state(jobId: number): JobResponse {
    const job = this.#jobs.get(jobId) ?? { executing: 0, completed: 0, failed: 0, error: '' };
    return { done: job.executing === 0, ...job };
  }
}
