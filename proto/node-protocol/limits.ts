/** Bounds of the node protocol. */
export const NODE_PROTOCOL_LIMITS = {
  /** Largest frame either side accepts: the largest insert and the largest answer, with room for their envelopes. */
  frameBytesMax: 320 * 1024 * 1024,
  connectTimeoutMs: 2_000,
  /** How often pending calls are checked against their deadlines. */
  deadlineSweepMs: 20,
  /** A call is given up this long after the node itself should have answered `deadlineExceeded`. */
  deadlineGraceMs: 100,
  /** Calls on one connection that wait for an answer. */
  pendingCallsMax: 10_000,
  /** Messages of one stream that wait to be consumed, at the caller; beyond it the connection is no longer read. */
  streamBufferedMax: 1_000,
  /** At least this often a status goes out, changed or not: routers tell a stopped process by its silence. */
  statusIntervalMs: 500,
} as const;
