import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import type { RequestContext } from '../../operations/request-context.ts';

/** The calls of the service, as types: what a handler takes and gives follows from its name. */

type Service = typeof MilvusServiceService;

export type UnaryRpc = {
  [Rpc in keyof Service]: Service[Rpc] extends { requestStream: false; responseStream: false } ? Rpc : never;
}[keyof Service];

export type RequestOf<Rpc extends UnaryRpc> = ReturnType<Service[Rpc]['requestDeserialize']>;
export type ResponseOf<Rpc extends UnaryRpc> = ReturnType<Service[Rpc]['responseDeserialize']>;

/** Translates a request, calls an operation and translates what it gives. It may throw anything: whoever calls it makes a status of that. */
export type Handler<Rpc extends UnaryRpc> = (
  request: RequestOf<Rpc>,
  context: RequestContext,
) => Promise<ResponseOf<Rpc>> | ResponseOf<Rpc>;

export type Handlers = { readonly [Rpc in UnaryRpc]?: Handler<Rpc> };

/** `DescribeCollection` for `describeCollection`: the name on the wire. */
export function wireName(rpc: keyof Service): string {
  const { path } = MilvusServiceService[rpc];
  return path.slice(path.lastIndexOf('/') + 1);
}
