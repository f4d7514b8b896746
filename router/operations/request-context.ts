import type { Context } from '@opentelemetry/api';
import type { UserRights } from '../../core/access/user-rights.ts';
import type { CallNotes } from './call-notes.ts';

/** What every operation knows about the call it serves. Made once per call by the API; immutable. */
export interface RequestContext {
  /** Database of the call: the request's own `db_name`, else the header's, else `default`. Never empty. */
  readonly database: string;
  /** For logs and traces, and passed on to the nodes. */
  readonly requestId: string;
  /** When the answer is worthless, on the monotonic clock (core/clock.ts). The API turns the client's time-out into it, or takes its own default. */
  readonly deadlineMs: number;
  /** Aborted when the client went away. The deadline is kept by the operation itself. */
  readonly signal: AbortSignal;
  /** Parent of the spans; `ROOT_CONTEXT` when the caller sent none. */
  readonly trace: Context;
  /** Who calls; undefined when authentication is off. */
  readonly principal: Principal | undefined;
  /** What the operation notes of how it was done. */
  readonly notes: CallNotes;
}

export interface Principal {
  readonly user: string;
  /** By what this router knew when the call began. */
  readonly rights: UserRights;
}
