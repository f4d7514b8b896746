import type { JobResponse } from '../../proto/generated/node.ts';
import { BUILDER_LIMITS } from './limits.ts';

/** One plan of a job: what it merges, and the segment it makes. */
export interface JobPlan {
  readonly sourceIds: readonly number[];
  /** Undefined: nothing was made. */
  readonly outcome: Promise<number | undefined>;
}

interface PlanState {
  readonly sourceIds: readonly number[];
  state: 'executing' | 'completed' | 'failed';
  targetId: number;
  error: string;
}

/** Compaction jobs that were asked for: how far their plans are. Old ones are forgotten; a job that is not known counts as done. */
export class JobTable {
  readonly #jobs = new Map<number, readonly PlanState[]>();

  /** Follows the outcome of all plans of a job. */
  start(jobId: number, plans: readonly JobPlan[]): void {
    this.#jobs.set(jobId, plans.map(follow));
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= BUILDER_LIMITS.jobsKept) break;
      this.#jobs.delete(oldest);
    }
  }

  state(jobId: number): JobResponse {
    const plans = this.#jobs.get(jobId) ?? [];
    const count = (state: PlanState['state']) => plans.filter((plan) => plan.state === state).length;
    return {
      done: count('executing') === 0,
      executing: count('executing'),
      completed: count('completed'),
      failed: count('failed'),
      error: plans.findLast((plan) => plan.error !== '')?.error ?? '',
      plans: plans.map(({ sourceIds, targetId }) => ({ sourceIds: [...sourceIds], targetId })),
    };
  }
}

function follow({ sourceIds, outcome }: JobPlan): PlanState {
  const plan: PlanState = { sourceIds, state: 'executing', targetId: 0, error: '' };
  outcome.then(
    (targetId) => {
      plan.state = 'completed';
      plan.targetId = targetId ?? 0;
    },
    (error) => {
      plan.state = 'failed';
      plan.error = error instanceof Error ? error.message : String(error);
    },
  );
  return plan;
}
