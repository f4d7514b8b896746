/** Limits of the logs. */
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
  kafka: {
    /** Of one batch; the default limit of a topic (`max.message.bytes`) is 1,048,588. */
    messageBytes: 1000 * 1024,
    /** A request that takes longer is given up and tried again. */
    requestTimeoutMs: 5_000,
    /** Pauses between the tries of what failed: doubling. */
    retryMinMs: 50,
    retryMaxMs: 2_000,
    beginAttemptsMax: 20,
    /** What one fetch asks for. */
    fetchBytes: 8 * 1024 * 1024,
    fetchWaitMs: 500,
    /** Fetches in a row that give nothing where something must be. */
    emptyFetchesMax: 20,
    /** Records at the end that are looked at first for one that counts, and how the number grows. */
    endSpanRecords: 4,
    endSpanGrowth: 16,
    /** How often the end of the topic may be before what was acknowledged until that counts as a loss. */
    shortLooksMax: 10,
    /** The places of records are remembered in such steps. */
    indexBytes: 1024 * 1024,
    /** A topic that we make is freed by files of this size. */
    topicSegmentBytes: 64 * 1024 * 1024,
  },
} as const;
