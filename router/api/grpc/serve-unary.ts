import { type Metadata, type ServerUnaryCall, type ServiceError, type sendUnaryData, status } from '@grpc/grpc-js';
import { type BraidError, ERRORS } from '../../../core/errors.ts';
import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import { CALL_RIGHTS } from '../access/call-rights.ts';
import type { CallHead, CallRunner } from '../call-runner.ts';
import { lengthOnWire } from './byte-lengths.ts';
import { encodeStatus } from './codec/status.ts';
import { failureOf } from './failure-of.ts';
import { type Handler, type RequestOf, type ResponseOf, type UnaryRpc, wireName } from './milvus-rpc.ts';

/**
 * A handler as grpc-js wants it. Errors travel as Milvus' status inside the response; as gRPC statuses only what both SDKs repeat by themselves
 * (`UNAVAILABLE`: a node is gone), who is not let in, and what the response has no room for.
 */
export function serveUnary<Rpc extends UnaryRpc>(
  rpc: Rpc,
  handler: Handler<Rpc>,
  runner: CallRunner,
  defaultMs: number,
) {
  const method = wireName(rpc);
  const failure = failureOf(rpc);
  return (call: ServerUnaryCall<RequestOf<Rpc>, ResponseOf<Rpc>>, done: sendUnaryData<ResponseOf<Rpc>>): void => {
    const onGone = (abort: () => void): void => {
      call.once('cancelled', abort);
    };
    void runner
      .run(
        headOf(call, rpc, method, defaultMs),
        onGone,
        (context) => handler(call.request, context),
        (response) => serializeOf(rpc)(response).length,
      )
      .then((outcome) => {
        if (outcome.ok) done(null, outcome.value);
        else if (failure && !statusOf(outcome.error)) done(null, failure(encodeStatus(outcome.error)));
        else done(grpcError(outcome.error));
      });
  };
}

/** Responses without room for a status belong to calls that are not supported. */
export function grpcError(error: BraidError): Partial<ServiceError> {
  return {
    code: statusOf(error) ?? status.UNIMPLEMENTED,
    details: error.message.toWellFormed(),
  };
}

/** Of gRPC; undefined where Milvus' own status says it. */
function statusOf(error: BraidError): status | undefined {
  if (error.kind === 'unauthenticated') return status.UNAUTHENTICATED;
  if (error.kind === 'permissionDenied') return status.PERMISSION_DENIED;
  return error.code === ERRORS.serviceUnavailable.code ? status.UNAVAILABLE : undefined;
}

function headOf(call: ServerUnaryCall<unknown, unknown>, rpc: UnaryRpc, method: string, defaultMs: number): CallHead {
  const { metadata } = call;
  const deadline = Number(call.getDeadline());
  const sentMs = Number(lastOf(metadata, 'client-request-unixmsec'));
  return {
    api: 'grpc',
    method,
    spanName: MilvusServiceService[rpc].path.slice(1),
    database: databaseOf(call.request) || lastOf(metadata, 'dbname'),
    requestId: lastOf(metadata, 'client-request-id'),
    client: lastOf(metadata, 'identifier'),
    clientSentMs: sentMs > 0 ? sentMs : undefined,
    timeoutMs: Number.isFinite(deadline) ? deadline - Date.now() : defaultMs,
    traceparent: lastOf(metadata, 'traceparent') || undefined,
    tracestate: lastOf(metadata, 'tracestate') || undefined,
    peer: call.getPeer(),
    userAgent: lastOf(metadata, 'user-agent'),
    request: call.request,
    right: CALL_RIGHTS[rpc],
    authorization: lastOf(metadata, 'authorization'),
    requestBytes: lengthOnWire(call.request),
  };
}

function serializeOf(rpc: UnaryRpc): (response: unknown) => Buffer {
  return MilvusServiceService[rpc].responseSerialize as (response: unknown) => Buffer;
}

/** Most requests name their database; the header counts for those that leave it empty. */
function databaseOf(request: unknown): string {
  return (request as { readonly dbName?: string }).dbName ?? '';
}

/** The Node SDK adds to one metadata object over and over, so a key can have many values: the last is the newest. */
function lastOf(metadata: Metadata, key: string): string {
  return metadata.get(key).at(-1)?.toString() ?? '';
}
