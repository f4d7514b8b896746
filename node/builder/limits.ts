/** Bounds of the builder that no setting changes. */
export const BUILDER_LIMITS = {
  /** Live delete files of a collection; more are merged into one. */
  deleteFilesMax: 16,
  /** Segments up to this size are merged whatever their sizes. */
  tinyRows: 1_000,
  /** Segments merged by one compaction. */
  compactionInputsMax: 32,
  /** Keys of deletes that are kept in files for one segment that has not applied them; with more it is rewritten, however few of its rows they hit. */
  unappliedDeletesMax: 1_000_000,
  /** Finished compaction jobs that are remembered. */
  jobsKept: 1_000,
  /** Objects that one cycle of garbage collection looks at before it deletes, and records it reads. */
  garbageObjectsMax: 10_000,
  garbageRecordsMax: 1_000,
  /** Share of all objects seen that unknown ones may make up before the cycle stops and says so; small stores are let through. */
  garbageShareMax: 0.5,
  garbageFewObjects: 1_000,
} as const;
