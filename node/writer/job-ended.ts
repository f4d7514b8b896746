/** A job of the writer. Rows: those it wrote to storage. A compaction that found nothing worth doing is none. */
export interface JobEnd {
  readonly job: 'seal' | 'compaction' | 'import';
  readonly status: 'success' | 'fail';
  readonly durationMs: number;
  readonly rowCount: number;
}

/** Cheap and never throws. */
export type JobObserver = (end: JobEnd) => void;
