/** Limits of keys, and of the local storage. */
export const STORAGE_LIMITS = {
  keyLengthMax: 512,
  /** What is read and written at a time when a file is copied. */
  copyChunkBytes: 1024 * 1024,
  /** A `put` whose folder is removed under it, because its last other object was deleted, makes the folder again this often. */
  folderAttemptsMax: 20,
  /** Unfinished objects older than this were left by a crash. */
  unfinishedAgeMsMax: 24 * 3_600_000,
} as const;

/** Limits of the storage in S3. */
export const S3_LIMITS = {
  /** What is read, hashed and written at a time: below a few ms on the event loop. */
  chunkBytes: 256 * 1024,
  /** Larger objects are uploaded in parts and fetched in ranges of this length. */
  partBytes: 8 * 1024 * 1024,
  /** Of S3: parts grow where an object would have more. */
  partCountMax: 10_000,
  /** Parts of one object under way at a time: with `partBytes` the memory that one upload takes. */
  partsAtOnceMax: 4,
  /** Calls that wait for their turn; more are refused. */
  waitingCallsMax: 100_000,
  retryCount: 6,
  retryDelayFirstMs: 100,
  retryDelayMs: 3_000,
  /** Of S3: keys of one DeleteObjects. */
  deleteKeysMax: 1_000,
  connectTimeoutMs: 5_000,
} as const;
