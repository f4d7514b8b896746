import type { QueryPlan } from '../../telemetry/log/slow-queries.ts';
import type { CallSubject, ReadParameters } from './call-subject.ts';

/** How one call went: what the access log and the metrics are made of. */
export interface CallReport {
  readonly api: 'grpc' | 'rest';
  /** `Search` (gRPC), `entities/search` (REST). One of a fixed set, so it can be a label. */
  readonly method: string;
  readonly database: string;
  readonly requestId: string;
  /** Of the trace that the call belongs to; empty when it belongs to none. */
  readonly traceId: string;
  readonly spanId: string;
  /** The trace is recorded. */
  readonly isTraced: boolean;
  /** The client's number from its Connect call; empty for REST and for clients without one. */
  readonly client: string;
  /** When the client sent the call, by the client's clock; undefined when it did not say. */
  readonly clientSentMs: number | undefined;
  /** Milvus' code (core/errors.ts), 0 for success. */
  readonly code: number;
  /** Empty for success. */
  readonly reason: string;
  /** It failed because of what the caller sent, as Milvus sees it. */
  readonly isInputError: boolean;
  readonly durationMs: number;
  /** Who calls; empty when authentication is off. */
  readonly user: string;
  /** host:port of the client; empty when it is not known. */
  readonly peer: string;
  /** Of the client's HTTP. */
  readonly userAgent: string;
  /** Reads the request when it is called; only while the report is being taken. */
  readonly subject: () => CallSubject;
  /** Likewise. */
  readonly readParameters: () => ReadParameters;
  /** Of the request, without the frames of its protocol. */
  readonly requestBytes: number;
  /** Of reads that were planned. */
  readonly plan: QueryPlan | undefined;
  /** Of the answer, without the frames of its protocol. It may have to be encoded for that: for those who asked for it. 0 for failures. */
  readonly responseBytes: () => number;
}

/** Told about every call. The composing room gives an implementation; its methods are cheap and never throw. */
export interface CallObserver {
  callStarted(api: CallReport['api'], method: string): void;
  callEnded(report: CallReport): void;
  /** An answer is on its way, so many bytes long without the frames of its protocol: over gRPC of reads only. */
  answerSent?: (api: CallReport['api'], method: string, byteLength: number) => void;
}

export const silentObserver: CallObserver = { callStarted: () => {}, callEnded: () => {} };
