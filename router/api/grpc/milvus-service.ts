import type {
  ServerDuplexStream,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Clock } from '../../../core/clock.ts';
import { BraidError } from '../../../core/errors.ts';
import { QueryResults } from '../../../proto/generated/milvus/query.ts';
import { SearchResults } from '../../../proto/generated/milvus/search.ts';
import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import type { Operations } from '../../operations/operations.ts';
import type { CallObserver } from '../call-report.ts';
import type { CallRunner } from '../call-runner.ts';
import type { ApiLimits } from '../limits.ts';
import type { ServerInfo } from '../server-info.ts';
import { withRequestLengths } from './byte-lengths.ts';
import { aliasHandlers } from './handlers/aliases.ts';
import { collectionChangeHandlers } from './handlers/collection-changes.ts';
import { collectionHandlers } from './handlers/collections.ts';
import { connectionHandlers } from './handlers/connection.ts';
import { databaseHandlers } from './handlers/databases.ts';
import { flushHandlers } from './handlers/flushing.ts';
import { importHandlers } from './handlers/imports.ts';
import { indexHandlers } from './handlers/indexes.ts';
import { loadingHandlers } from './handlers/loading.ts';
import { mutationHandlers } from './handlers/mutations.ts';
import { partitionHandlers } from './handlers/partitions.ts';
import { privilegeHandlers } from './handlers/privileges.ts';
import { readHandlers } from './handlers/reads.ts';
import { resourceGroupHandlers } from './handlers/resource-groups.ts';
import { segmentHandlers } from './handlers/segments.ts';
import { textHandlers } from './handlers/texts.ts';
import { userHandlers } from './handlers/users.ts';
import { type Handler, type Handlers, type UnaryRpc, wireName } from './milvus-rpc.ts';
import { grpcError, serveUnary } from './serve-unary.ts';

export interface MilvusServiceOptions {
  readonly operations: Operations;
  readonly runner: CallRunner;
  readonly info: ServerInfo;
  readonly clock: Clock;
  readonly limits: ApiLimits;
  readonly answerSent?: CallObserver['answerSent'];
}

export interface MilvusService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** These wait until segments are sealed. */
const MAINTENANCE: ReadonlySet<UnaryRpc> = new Set(['flush', 'flushAll']);

/** The whole Milvus service: every call of its descriptor has an answer, those without a handler that they are not supported. */
export function createMilvusService(options: MilvusServiceOptions): MilvusService {
  const { runner, limits } = options;
  const handlers = handlersOf(options);
  const implementation: UntypedServiceImplementation = {};
  for (const [rpc, { requestStream, responseStream }] of Object.entries(MilvusServiceService)) {
    const name = rpc as UnaryRpc;
    const defaultMs = MAINTENANCE.has(name) ? limits.maintenanceCallMs : limits.callMs;
    const handler = (handlers[name] ?? notSupported(name)) as Handler<UnaryRpc>;
    implementation[rpc] =
      requestStream || responseStream ? refuseStream(name) : serveUnary(name, handler, runner, defaultMs);
  }
  return { definition: definitionWith(options.answerSent), implementation };
}

/** The generated code copies each encoded response once more; of the large ones we hand out the encoder's own bytes. */
const DEFINITION: ServiceDefinition = withRequestLengths({
  ...MilvusServiceService,
  search: { ...MilvusServiceService.search, responseSerialize: encodeSearch },
  hybridSearch: { ...MilvusServiceService.hybridSearch, responseSerialize: encodeSearch },
  query: {
    ...MilvusServiceService.query,
    responseSerialize: (message: QueryResults) => bufferOn(QueryResults.encode(message).finish()),
  },
});

const READS = ['search', 'hybridSearch', 'query'] as const satisfies readonly UnaryRpc[];

/** The service, that says how long the answers to reads are when they are encoded. */
function definitionWith(answerSent: MilvusServiceOptions['answerSent']): ServiceDefinition {
  if (!answerSent) return DEFINITION;
  const reads = READS.map((rpc) => {
    const method = DEFINITION[rpc]!;
    const responseSerialize = (message: unknown): Buffer => {
      const bytes = method.responseSerialize(message);
      answerSent('grpc', wireName(rpc), bytes.length);
      return bytes;
    };
    return [rpc, { ...method, responseSerialize }];
  });
  return { ...DEFINITION, ...Object.fromEntries(reads) };
}

function encodeSearch(message: SearchResults): Buffer {
  return bufferOn(SearchResults.encode(message).finish());
}

function bufferOn(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function handlersOf({ operations, info, clock }: MilvusServiceOptions): Handlers {
  return {
    ...connectionHandlers(operations, info, clock),
    ...databaseHandlers(operations),
    ...collectionHandlers(operations),
    ...collectionChangeHandlers(operations),
    ...partitionHandlers(operations),
    ...aliasHandlers(operations),
    ...indexHandlers(operations),
    ...loadingHandlers(operations),
    ...mutationHandlers(operations),
    ...readHandlers(operations),
    ...textHandlers(operations),
    ...flushHandlers(operations),
    ...segmentHandlers(operations),
    ...resourceGroupHandlers(operations),
    ...userHandlers(operations),
    ...privilegeHandlers(operations),
    ...importHandlers(operations),
  };
}

function notSupported(rpc: UnaryRpc): Handler<UnaryRpc> {
  return () => {
    throw refusal(rpc);
  };
}

function refuseStream(rpc: keyof typeof MilvusServiceService) {
  return (call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>): void => {
    call.emit('error', grpcError(refusal(rpc)));
  };
}

function refusal(rpc: keyof typeof MilvusServiceService): BraidError {
  return new BraidError('notSupported', `${wireName(rpc)} is not supported by this server`);
}
