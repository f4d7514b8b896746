/** Bounds of authentication. */
export const ACCESS_LIMITS = {
  /** Verified credentials that are remembered, and for how long: then the password is hashed once more. */
  verifiedMax: 10_000,
  verifiedMs: 5 * 60_000,
  /** Passwords hashed at the same time: each takes a thread of the pool for some tens of milliseconds, and 16 MiB. */
  hashesMax: 2,
  /** More that wait for that are refused. */
  hashesWaitingMax: 256,
  /** Tries of one user from one address that may fail before the next ones wait, and how long: doubled with each, up to the maximum. */
  freeGuesses: 5,
  guessPauseMs: 200,
  guessPauseMsMax: 5_000,
  guessesWaitingMax: 8,
  guessersMax: 10_000,
  /** Failures are forgotten after this time without another. */
  guessMemoryMs: 15 * 60_000,
  /** Longer names and passwords are not looked at: the longest that can be set are 32 and 72. */
  authorizationLengthMax: 1_024,
} as const;

/** The limits that tests may change. */
export type AccessLimits = { readonly [Name in keyof typeof ACCESS_LIMITS]: number };
