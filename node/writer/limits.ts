/** Bounds of the writer that no setting changes. */
export const WRITER_LIMITS = {
  /** Share of the lease time that is not trusted: covers clocks that run at different rates. */
  leaseMarginRatio: 0.1,
  /** Renewals per lease time; a failed one is tried again sooner. */
  leaseRenewalsPerTtl: 3,
  leaseRetryMs: 200,
  /** How often a writer that waits for the lease or the data folder tries, and says so. */
  standbyPollMs: 250,
  standbyLogMs: 5_000,

  /** Timestamps are reserved this far ahead. */
  timestampReserveMs: 3_000,
  timestampRefillMs: 1_000,
  /** A step of the wall clock that is followed; a larger one is a broken clock. */
  clockStepMaxMs: 60_000,
  /** Ids reserved at once. */
  idBlock: 1_000,

  /** A stream of deletes says how far it is at least this often. */
  deleteHeartbeatMs: 200,
  /** Keys in one message of a stream of deletes. */
  deleteEventKeysMax: 20_000,
  /** Replay says how far it is. */
  replayLogMs: 5_000,
  /** Time that replay may hold the event loop before it gives way. */
  replaySliceMs: 10,

  /** A change of the metadata whose outcome is not known is tried again after this. */
  metadataRetryMs: 500,
  /** Retired objects that recovery reads. */
  retiredReadMax: 1_000_000,
  /** Segments of which the deleted rows or the indexes are remembered. */
  observationsKept: 10_000,
  /** Rows of a segment whose expiry is looked at to know when it is worth rewriting. */
  expirySampleRows: 4_096,
  /** Published segments opened from storage at once for one read. */
  opensAtOnce: 8,
  /** How often the background looks for what is due. */
  backgroundIntervalMs: 500,
  /** A seal that failed is tried again after this. */
  sealRetryMs: 5_000,
  commandBytesMax: 4 * 1024 * 1024,
  /** Seals and compactions that are remembered for who looks. */
  jobsKeptMax: 200,
} as const;
