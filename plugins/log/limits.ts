/** Limits of the file log. */
export const LOG_LIMITS = {
  /** A record holds at most one request (64 MB) and its encoding. A longer length in a file is damage, and is never allocated. */
  recordBytesMax: 128 * 1024 * 1024,
  /** Payloads that wait for the disk; further appends are refused. */
  queueBytesMax: 256 * 1024 * 1024,
  /** What one group commit takes from the queue (at least one record, however long). */
  batchBytesMax: 16 * 1024 * 1024,
  /** Payloads up to this length are gathered in one buffer; longer ones are written from where they are. */
  gatherBytesMax: 16 * 1024,
  readChunkBytes: 1024 * 1024,
  /** Default size at which a file is closed and the next one begun. */
  fileBytes: 64 * 1024 * 1024,
  /** How often the end of an earlier term is looked for again when a file vanishes under the reader. */
  sealAttemptsMax: 10,
} as const;
