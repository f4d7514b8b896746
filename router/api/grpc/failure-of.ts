import type { Status } from '../../../proto/generated/milvus/common.ts';
import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import type { ResponseOf, UnaryRpc } from './milvus-rpc.ts';

const NOTHING = Buffer.alloc(0);

/**
 * How a call says that it failed: its own response, empty but for the status. Read from the service's descriptor, so it holds for every call there is
 * and will be. Undefined for responses without a status: those calls can only fail with a gRPC status.
 */
export function failureOf<Rpc extends UnaryRpc>(rpc: Rpc): ((status: Status) => ResponseOf<Rpc>) | undefined {
  const empty = MilvusServiceService[rpc].responseDeserialize(NOTHING);
  // Calls that answer with nothing but a status.
  if ('errorCode' in empty) return (status) => status as ResponseOf<Rpc>;
  const name = ['status', 'alterStatus'].find((candidate) => candidate in empty);
  return name === undefined ? undefined : (status) => ({ ...empty, [name]: status }) as ResponseOf<Rpc>;
}
