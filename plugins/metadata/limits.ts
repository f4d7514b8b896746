/** Bounds of the metadata plugins: every retry, wait, pool, batch and history has one. */
export const METADATA_LIMITS = {
  /** First wait before a verb that met a passing fault (deadlock, busy file, lost connection) is tried again; grows with jitter. */
  retryDelayFirstMs: 5,
  retryDelayMs: 500,
  /** A verb is not tried again after so many tries, or when it began so long ago, whichever comes first. */
  retryCount: 40,
  retryWindowMs: 8_000,

  /** Operation ids kept for repeated calls of `apply`: a call is answered as a repetition while fewer than this came after it. */
  operationsKept: 10_000,
  /** Old operation ids are deleted once in so many catalog versions, so that one deletion stays small. */
  operationsPruneEvery: 64,

  /** Characters of a name, a holder, an operation id or the prefix of a segment. */
  keyLengthMax: 255,

  /** Time that a closing store gives to the verbs under way. */
  closeTimeoutMs: 2_000,

  /** Time that decoding may hold the event loop before it gives way. */
  sliceMs: 5,
  /** Rows decoded between two looks at the clock. */
  sliceRows: 64,

  sqlite: {
    /** How long SQLite itself may wait for another process: it blocks the event loop meanwhile, so the long waits are ours. */
    busyTimeoutMs: 5,
    statementsCached: 256,
  },

  mysql: {
    poolSize: 4,
    poolSizeMax: 64,
    connectTimeoutMs: 3_000,
    /** Wait for a free connection of the pool. */
    acquireTimeoutMs: 5_000,
    /** Callers waiting for a connection. */
    acquireQueueLength: 1_024,
    /** One statement, from sending it to its last row; the connection is given up then. */
    statementTimeoutMs: 10_000,
    /** Wait of a statement for a row that another transaction holds. */
    lockWaitTimeoutS: 3,
    /**
     * The server ends a session that says nothing for so long, and thereby its transaction: bounds how long a machine that vanished
     * in the middle of a transaction can keep the row of the lease locked. Idle connections are closed by us before.
     */
    sessionIdleTimeoutS: 15,
    connectionIdleMs: 8_000,
    /** Prepared statements per connection; a server allows 16,382 in all by default. */
    statementsCached: 128,
    /** Time for saying goodbye to the server when the store closes. */
    closeTimeoutMs: 1_000,
  },
} as const;
