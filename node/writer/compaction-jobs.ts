import type { CompactionJobRecord, CompactionPlanRecord } from '../../core/compaction-job.ts';
import { toBraidError } from '../../core/errors.ts';
import type { JobResponse } from '../../proto/generated/node.ts';
import { BUILDER_LIMITS } from '../builder/limits.ts';
import type { CompactionPlan } from '../builder/plan-compaction.ts';
import type { WritableCollection } from './writable-collection.ts';
import { applyChanges, type WriterContext } from './writer-context.ts';

/** Carries out one plan; resolves to the id of the segment it made, if it made one. */
export type RunPlan = (collection: WritableCollection, plan: CompactionPlan) => Promise<number | undefined>;

/**
 * Compaction jobs that were asked for: recorded before they begin, and each outcome when it is there. A plan that was under way when the writer went down either was published,
 * then its segment says so, or it runs again. Old jobs are forgotten; a job that is not known counts as done (as in Milvus).
 */
export class CompactionJobs {
  readonly #context: WriterContext;
  readonly #jobs = new Map<number, CompactionJobRecord>();
  readonly #run: RunPlan;
  /** Records are written one after the other: the newest state is written last. */
  #recording: Promise<unknown> = Promise.resolve();

  constructor(context: WriterContext, recorded: readonly CompactionJobRecord[], run: RunPlan) {
    this.#context = context;
    this.#run = run;
    for (const job of recorded) this.#jobs.set(job.id, job);
  }

  /** Goes on with what was under way when the writer went down. */
  resume(): void {
    for (const job of [...this.#jobs.values()]) {
      job.plans.forEach((plan, place) => {
        if (plan.state === 'executing') this.#resume(job, plan, place);
      });
    }
  }

  /** Resolves to the id of the job when it is recorded. */
  async start(collection: WritableCollection, plans: readonly CompactionPlan[]): Promise<number> {
    const id = this.#context.ids.next();
    const records = plans.map((plan) => ({ ...plan, state: 'executing' as const, targetId: 0, error: '' }));
    const old = [...this.#jobs.values()]
      .filter(isDone)
      .slice(0, Math.max(0, this.#jobs.size + 1 - BUILDER_LIMITS.jobsKept));
    const job: CompactionJobRecord = { id, collectionId: collection.id, plans: records };
    await applyChanges(this.#context, [
      { kind: 'putCompactionJob', job },
      ...(old.length > 0 ? [{ kind: 'forgetCompactionJobs', ids: old.map((other) => other.id) } as const] : []),
    ]);
    for (const other of old) this.#jobs.delete(other.id);
    this.#jobs.set(id, job);
    for (const [place, plan] of plans.entries()) this.#follow(id, place, this.#run(collection, plan));
    return id;
  }

  state(jobId: number): JobResponse {
    const plans = this.#jobs.get(jobId)?.plans ?? [];
    const count = (state: CompactionPlanRecord['state']) => plans.filter((plan) => plan.state === state).length;
    return {
      done: count('executing') === 0,
      executing: count('executing'),
      completed: count('completed'),
      failed: count('failed'),
      error: plans.findLast((plan) => plan.error !== '')?.error ?? '',
      plans: plans.map(({ segmentIds, targetId }) => ({ sourceIds: [...segmentIds], targetId })),
    };
  }

  /** Resolves when every outcome so far is recorded. */
  async idle(): Promise<void> {
    await this.#recording;
  }

  #resume(job: CompactionJobRecord, plan: CompactionPlanRecord, place: number): void {
    const collection = this.#context.collections.get(job.collectionId);
    const live = [...(collection?.live.values() ?? [])];
    const made = live.find(({ compactedFrom }) => plan.segmentIds.every((id) => compactedFrom.includes(id)));
    const isLeft = collection !== undefined && plan.segmentIds.every((id) => collection.live.has(id));
    // Neither: what it was to merge was dropped, or compacted further.
    const outcome = isLeft ? this.#run(collection, plan as CompactionPlan) : Promise.resolve(made?.id);
    this.#follow(job.id, place, outcome);
  }

  #follow(jobId: number, place: number, outcome: Promise<number | undefined>): void {
    outcome.then(
      (targetId) => this.#end(jobId, place, { state: 'completed', targetId: targetId ?? 0 }),
      (thrown) => {
        // A writer that closes leaves the plan to its successor.
        if (!this.#context.signal.aborted)
          this.#end(jobId, place, { state: 'failed', error: toBraidError(thrown).message });
      },
    );
  }

  #end(jobId: number, place: number, end: Partial<CompactionPlanRecord>): void {
    const job = this.#jobs.get(jobId);
    if (!job) return;
    this.#jobs.set(jobId, { ...job, plans: job.plans.map((plan, i) => (i === place ? { ...plan, ...end } : plan)) });
    this.#recording = this.#recording.then(() => this.#record(jobId));
  }

  async #record(jobId: number): Promise<void> {
    const { signal, logger } = this.#context;
    const job = this.#jobs.get(jobId);
    if (!job || signal.aborted) return;
    try {
      await applyChanges(this.#context, [{ kind: 'putCompactionJob', job }]);
    } catch (thrown) {
      if (signal.aborted) return;
      const reason = toBraidError(thrown).message;
      logger.error(
        { jobId, reason },
        'the outcome of a compaction could not be recorded, a restart finds it in the segments',
      );
    }
  }
}

function isDone({ plans }: CompactionJobRecord): boolean {
  return plans.every(({ state }) => state !== 'executing');
}
