import { LIMITS } from '../../core/limits.ts';

/** Bounds of the public port. What a request may ask for is in core/limits.ts. */
export const API_LIMITS = {
  requestBytesMax: LIMITS.requestBytesMax,
  responseBytesMax: LIMITS.responseBytesMax,
  connectionsMax: 10_000,
  /** Calls under way on one connection; a client's library queues the rest. */
  streamsPerConnectionMax: 1_000,
  /** Receive window of an HTTP/2 connection. The default of 64 KiB lets 21 searches of 3 KB starve each other. */
  connectionWindowBytes: 16 * 1024 * 1024,
  /** The same for one call. With the default of 64 KiB an insert of 2 MB takes twice the time, and twice the CPU. */
  callWindowBytes: 1024 * 1024,
  /** A connection that has not said what it speaks after this long is closed. */
  firstBytesMs: 10_000,
  /** REST: time for all headers of a request, and for all of it. */
  headersMs: 30_000,
  bodyMs: 300_000,
  /** REST: an idle connection is kept this long. */
  idleConnectionMs: 75_000,
  /** The server's own pings find connections whose other end is gone. */
  pingMs: 60_000,
  pingAnswerMs: 20_000,
  /** For calls whose client names no time-out. */
  callMs: 60_000,
  /** The same for calls that wait for sealing. */
  maintenanceCallMs: 600_000,
  callMsMax: 24 * 3_600_000,
  /** Operations keep their deadline themselves. One that has not answered this long after it is given up. */
  lateAnswerMs: 1_000,
  /** Calls under way may finish for this long while the port closes. */
  closeMs: 10_000,
  requestIdLengthMax: 128,
  /** Values of rows turned into JSON between two turns of the event loop. */
  jsonValuesPerTurn: 32_768,
} as const;

/** The limits that tests and settings may change. */
export type ApiLimits = { readonly [Name in keyof typeof API_LIMITS]: number };
