/** Compactions that clients asked for, as they are stored: one record per job, so that its state is known after a restart. */

/** `executing` waits or runs (or did when the writer went down: its successor goes on). */
export type CompactionPlanState = 'executing' | 'completed' | 'failed';

export interface CompactionPlanRecord {
  readonly partitionId: number;
  /** Segments that it merges. */
  readonly segmentIds: readonly number[];
  /** Why it is worth it (node/builder/plan-compaction.ts). */
  readonly reason: string;
  readonly state: CompactionPlanState;
  /** The segment it made; 0: none (yet). */
  readonly targetId: number;
  /** Why it failed; empty otherwise. */
  readonly error: string;
}

export interface CompactionJobRecord {
  readonly id: number;
  readonly collectionId: number;
  readonly plans: readonly CompactionPlanRecord[];
}
