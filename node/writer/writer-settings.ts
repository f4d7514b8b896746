/** Settings of the writer; config/ names and documents them for users. Sizes in bytes, times in milliseconds. */
export interface WriterSettings {
  /** A writer that is silent for so long may be succeeded. */
  readonly leaseTtlMs: number;
  /** Lead although the last writer had another log: rows that were not sealed are lost. */
  readonly abandonLog: boolean;
  /** A growing segment is sealed when it reaches one of these ... */
  readonly segmentRowsMax: number;
  readonly segmentBytesMax: number;
  /** ... or when its first row is this old. Also the age at which deletes are written to a file. */
  readonly sealAfterMs: number;
  /** Writes that wait for the log; more are refused as `tooManyRequests`. */
  readonly inFlightBytesMax: number;
  /** Rows that are not sealed yet, all collections together; more are refused as `rateLimited`. */
  readonly unsealedBytesMax: number;
  /** How long a published segment stays searchable in the writer's memory, for routers with an older view, and deletes stay in memory after they were filed. */
  readonly retentionMs: number;
  /** Keys of filed deletes kept in memory per collection. */
  readonly deleteKeysMax: number;
  /** Compaction without being asked. */
  readonly compactionEnabled: boolean;
  readonly compactionIntervalMs: number;
  /** Share of deleted rows from which a segment is rewritten. */
  readonly compactionDeletedRatio: number;
  /** Segments below this share of `segmentRowsMax` and `segmentBytesMax` are small; so many of them in a partition are merged. */
  readonly compactionSmallRatio: number;
  readonly compactionSegmentsMin: number;
  readonly garbageIntervalMs: number;
  /** Retired and unknown objects are deleted when they are this old: longer than any router keeps a view and any upload takes. */
  readonly garbageGraceMs: number;
}

export const WRITER_DEFAULTS: WriterSettings = {
  leaseTtlMs: 5_000,
  abandonLog: false,
  segmentRowsMax: 1_000_000,
  segmentBytesMax: 512 * 1024 * 1024,
  sealAfterMs: 10 * 60_000,
  inFlightBytesMax: 256 * 1024 * 1024,
  unsealedBytesMax: 4 * 1024 * 1024 * 1024,
  retentionMs: 60_000,
  deleteKeysMax: 1_000_000,
  compactionEnabled: true,
  compactionIntervalMs: 30_000,
  compactionDeletedRatio: 0.2,
  compactionSmallRatio: 0.5,
  compactionSegmentsMin: 4,
  garbageIntervalMs: 10 * 60_000,
  garbageGraceMs: 60 * 60_000,
};
