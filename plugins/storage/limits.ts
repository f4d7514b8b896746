/** Limits of the local storage. */
export const STORAGE_LIMITS = {
  keyLengthMax: 512,
  /** What is read and written at a time when a file is copied. */
  copyChunkBytes: 1024 * 1024,
  /** A `put` whose folder is removed under it, because its last other object was deleted, makes the folder again this often. */
  folderAttemptsMax: 20,
  /** Unfinished objects older than this were left by a crash. */
  unfinishedAgeMsMax: 24 * 3_600_000,
} as const;
