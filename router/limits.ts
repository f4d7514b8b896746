/** Bounds of the router. What a client may ask for is in core/limits.ts. */
export const ROUTER_LIMITS = {
  /** How often the catalog's version is polled; pushes of the writer usually come first. */
  catalogPollMs: 1_000,
  /** A read of the metadata store that takes longer counts as failed; what is known stays in use. */
  metadataReadMsMax: 5_000,
  /** Tries to see a version of the catalog that the writer has just announced. */
  catalogCatchUpTriesMax: 3,
  /** How long copies of the catalog and of views stay in a shared cache after a router last renewed them, and how often it does. */
  sharedCopyMs: 24 * 60 * 60_000,
  sharedRenewMs: 10 * 60_000,

  /** Nodes report at least every second: after this silence a node is down and its calls go elsewhere. */
  statusSilenceMsMax: 2_000,
  /** A check of silence that runs this late was itself held up: it says nothing about the node. */
  watchdogLatenessMsMax: 500,
  reconnectDelayMsMin: 50,
  reconnectDelayMsMax: 1_000,
  /** A node with calls under way that has answered none for this long is avoided while another can answer. */
  stuckCallMs: 1_000,
  /** A read is asked of a second reader, too, when the first has not answered after this time and after so many times what readers usually take; */
  hedgeAfterMs: 1_000,
  hedgeFactor: 4,
  /** not while more than this share of the readers is as late: then the requests are heavy, or all of them are overloaded. */
  hedgeLateRatioMax: 0.5,
  /** How often late calls are looked for. */
  hedgeLookMs: 100,
  /** Failed calls in a row after which a node is set aside, for how long, and the longest such time. */
  ejectionFailures: 5,
  ejectionMs: 10_000,
  ejectionMsMax: 60_000,
  /** At most this share of the readers is set aside for failing, and for being slow, but one in any case. */
  outlierRatioMax: 0.2,
  /** A reader is slow that takes so many times as long as the median of the others, and so much longer, on average of so many calls within a window; */
  slowFactor: 4,
  slowExcessMs: 100,
  slowCallsMin: 10,
  slowWindowMs: 5_000,
  /** it then gets no call while others can answer, but one in this time. */
  slowProbeMs: 1_000,
  /** A reader that comes (back) gets its full share of the calls after this time. */
  slowStartMs: 5_000,
  /** Least time between two lists of discovery: many nodes that come at once come as few lists. */
  membershipPauseMs: 100,
  /** A list of discovery that drops more than half of the members is doubted this long, as long as they answer. */
  membershipDoubtMs: 30_000,
  /** What needs a writer is held up so long when the writer said that it leaves; and so many calls at the same time, more fail at once. */
  writerReturnMsMax: 10_000,
  writerReturnWaitersMax: 1_000,
  /** A member that leaves may finish the calls it has. */
  leaveGraceMs: 30_000,
  /** A router that starts waits this long for the first reports of its nodes. */
  startupWaitMsMax: 3_000,

  /** Calls at a reader of the own zone from which on it counts as overloaded, if it has more than twice those of a reader elsewhere. */
  zoneOverloadCalls: 8,
  /** Larger answers are not kept in the result cache. */
  resultBytesMax: 1024 * 1024,

  /** Views kept per collection. */
  viewsMax: 4,
  /** How long searches stay on an older view while readers load the newest; then they go to the newest and segments load on demand. */
  viewPatienceMs: 10_000,
  /** The moment before which rows have expired moves in such steps. */
  expiryStepMs: 100,
  /** Cached routes per collection: one for each set of partitions asked for. */
  routesMax: 64,
  /** Routes of large collections are made in the background: of each turn of the event loop they take this long, */
  sliceMs: 4,
  /** in steps of so many segments, a fraction of a millisecond. */
  segmentsPerStep: 128,

  /** Nodes are told so much later which traces are wanted, so that one message names many; of more at once the rest is lost. */
  keepTracesDelayMs: 200,
  keptTracesMax: 1_000,
  /** How long a node may take to answer for the spans that it holds. */
  spansTimeoutMs: 1_000,

  /** Retries per call on average, and how many may come at once. */
  retryRatio: 0.1,
  retryBurst: 100,
  /** Rounds of asking for more hits when doubles ate into the answer; each doubles what is asked for. */
  moreHitsRoundsMax: 3,
  /** Keys of one delete request to the writer. */
  deleteKeysMax: 100_000,
  /** Output columns travel with the hits unless that sends this much more than the winners need; a second round trip costs about as much. */
  inlineSurplusBytesMax: 128 * 1024,
  /** Guesses for the size of values without a fixed one. */
  varCharBytesGuess: 64,
  jsonBytesGuess: 256,
  /** Rows merged between two turns of the event loop. */
  mergeRowsPerTurn: 20_000,
  /** Smallest `target_size` of a compaction. */
  compactionTargetMbMin: 64,
} as const;

/** The limits that tests and settings may change. */
export type RouterLimits = { readonly [Name in keyof typeof ROUTER_LIMITS]: number };
