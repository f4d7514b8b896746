/** Bounds of a reader. */
export const READER_LIMITS = {
  /** Segments that are fetched and opened at the same time. */
  concurrentLoadsMax: 2,
  /** How often the catalog's version is asked for when nobody pushes it. */
  catalogPollMs: 1_000,
  /** The placement of large collections is computed in the background: this long in each turn of the event loop. */
  sliceMs: 4,
  /** A segment that this reader no longer owns stays loaded so long, for routers that still ask here. */
  releaseDelayMs: 30_000,
  /** And longer, until a new owner has loaded it; but no longer than this. */
  handoverMsMax: 60 * 60_000,
  /** Pause between two looks whether new owners are ready. */
  handoverCheckMs: 5_000,
  /** Readers that are asked for their status at the same time, and how long each may take. */
  concurrentStatusCallsMax: 8,
  statusCallMs: 2_000,
  /** Pause before a broken delete stream is opened again. */
  streamRetryMs: 200,
  /** Collections whose segments are loaded at the same time. */
  concurrentCollectionsMax: 4,
  /** A reader that starts is ready without a collection that failed to load so often, */
  readinessFailuresMax: 3,
  /** and at the latest when no segment was loaded for so long. */
  readinessPatienceMs: 60_000,
  /** A list of discovery that drops more than half of the members is doubted this long: else every reader of a registry that lost its nodes would load all segments. */
  membershipDoubtMs: 30_000,
  /** Pause before a segment that could not be loaded is tried again. */
  loadRetryMs: 2_000,
} as const;
