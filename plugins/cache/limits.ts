/** Bounds of the caches. */
export const CACHE_LIMITS = {
  redis: {
    /** A command that takes longer is given up, and the server left alone: what a search may lose to it, once. */
    timeoutMs: 25,
    /** Nobody waits for a write: it may take longer before the server counts as gone. */
    writeTimeoutMs: 500,
    /** A process that starts waits this long for the first connection, then goes on without. */
    startupWaitMsMax: 1_000,
    connectTimeoutMs: 2_000,
    /** A connection on which an answer is overdue for so long is closed and made anew. */
    silenceMsMax: 2_000,
    /** Pauses between the tries to reach a server that is left alone: doubling. */
    probeMsMin: 100,
    probeMsMax: 2_000,
    /** How often the connection that only listens is asked whether it lives. */
    listenerCheckMs: 5_000,
    /** Larger values are not kept: one would hold up all that wait behind it. */
    valueBytesMax: 8 * 1024 ** 2,
    /** The same complaint is logged at most so often. */
    complaintMs: 30_000,
  },
} as const;
