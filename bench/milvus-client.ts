import { type CallOptions, Client, credentials, Metadata } from '@grpc/grpc-js';
import { DataType } from '../core/schema/data-type.ts';
import { CreateCollectionRequest } from '../proto/generated/milvus/collection.ts';
import { ErrorCode, Status } from '../proto/generated/milvus/common.ts';
import { FlushRequest, FlushResponse } from '../proto/generated/milvus/flush.ts';
import { CreateIndexRequest } from '../proto/generated/milvus/index.ts';
import {
  GetLoadingProgressRequest,
  GetLoadingProgressResponse,
  LoadCollectionRequest,
} from '../proto/generated/milvus/load.ts';
import { InsertRequest, MutationResult } from '../proto/generated/milvus/mutation.ts';
import { PlaceholderGroup, PlaceholderType } from '../proto/generated/milvus/placeholder.ts';
import { CollectionSchema } from '../proto/generated/milvus/schema.ts';
import { SearchRequest, type SearchResults } from '../proto/generated/milvus/search.ts';
import { bytesOf } from '../proto/milvus/float-lens.ts';

/**
 * The least that a Milvus client can cost: generated messages on grpc-js, no conversion of rows. The official SDK spends more on a search than
 * the whole cluster; a benchmark that used it would measure the SDK.
 */

export const COLLECTION = 'bench';
const CALL_MS = 600_000;

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** Encodes a message once, for calls that repeat it. */
export function encoded<Message>(codec: Codec<Message>, message: Message): Buffer {
  return Buffer.from(codec.encode(message).finish());
}

export class MilvusBenchClient {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      // Clients of one process would otherwise share one connection.
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** One call with a ready request. */
  call<Response>(rpc: string, request: Buffer, response: Codec<Response>): Promise<Response> {
    const options: CallOptions = { deadline: Date.now() + CALL_MS };
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/milvus.proto.milvus.MilvusService/${rpc}`,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => response.decode(bytes),
        request,
        new Metadata(),
        options,
        (error, answer) => (error ? reject(error) : resolve(answer!)),
      );
    });
  }

  async createCollection(dimension: number, metric: string, index: Readonly<Record<string, string>>): Promise<void> {
    const schema = CollectionSchema.create({
      name: COLLECTION,
      fields: [
        { name: 'id', dataType: DataType.Int64, isPrimaryKey: true },
        { name: 'vector', dataType: DataType.FloatVector, typeParams: [{ key: 'dim', value: String(dimension) }] },
      ],
    });
    const create = CreateCollectionRequest.create({
      collectionName: COLLECTION,
      schema: CollectionSchema.encode(schema).finish(),
      consistencyLevel: 2,
    });
    await this.#expectOk('CreateCollection', encoded(CreateCollectionRequest, create));
    const params = { ...index, metric_type: metric };
    const extraParams = Object.entries(params).map(([key, value]) => ({ key, value }));
    const createIndex = CreateIndexRequest.create({ collectionName: COLLECTION, fieldName: 'vector', extraParams });
    await this.#expectOk('CreateIndex', encoded(CreateIndexRequest, createIndex));
    await this.#expectOk(
      'LoadCollection',
      encoded(LoadCollectionRequest, LoadCollectionRequest.create({ collectionName: COLLECTION })),
    );
  }

  /** Acknowledged when it is durable. Rows are numbered from `from`. */
  async insert(from: number, vectors: Float32Array, dimension: number): Promise<void> {
    const count = vectors.length / dimension;
    const request = InsertRequest.create({
      collectionName: COLLECTION,
      numRows: count,
      fieldsData: [
        {
          fieldName: 'id',
          type: DataType.Int64,
          field: {
            $case: 'scalars',
            value: {
              data: { $case: 'longData', value: { data: Array.from({ length: count }, (_, i) => BigInt(from + i)) } },
            },
          },
        },
        {
          fieldName: 'vector',
          type: DataType.FloatVector,
          field: {
            $case: 'vectors',
            value: { dim: BigInt(dimension), data: { $case: 'floatVector', value: { data: bytesOf(vectors) } } },
          },
        },
      ],
    });
    const answer = await this.call('Insert', encoded(InsertRequest, request), MutationResult);
    expectOk('Insert', answer.status);
  }

  async flush(): Promise<void> {
    const answer = await this.call(
      'Flush',
      encoded(FlushRequest, FlushRequest.create({ collectionNames: [COLLECTION] })),
      FlushResponse,
    );
    expectOk('Flush', answer.status);
  }

  async loadedPercent(): Promise<number> {
    const request = encoded(
      GetLoadingProgressRequest,
      GetLoadingProgressRequest.create({ collectionName: COLLECTION }),
    );
    return Number((await this.call('GetLoadingProgress', request, GetLoadingProgressResponse)).progress);
  }

  close(): void {
    this.#client.close();
  }

  async #expectOk(rpc: string, request: Buffer): Promise<void> {
    expectOk(rpc, await this.call(rpc, request, Status));
  }
}

/** A search as it goes over the wire. */
export function encodeSearch(query: Float32Array, limit: number, expansion: number): Buffer {
  const group = PlaceholderGroup.create({
    placeholders: [{ tag: '$0', type: PlaceholderType.FloatVector, values: [bytesOf(query)] }],
  });
  const params = {
    anns_field: 'vector',
    topk: String(limit),
    metric_type: '',
    params: JSON.stringify({ ef: expansion }),
  };
  const request = SearchRequest.create({
    collectionName: COLLECTION,
    dslType: 1,
    nq: 1n,
    searchInput: { $case: 'placeholderGroup', value: PlaceholderGroup.encode(group).finish() },
    searchParams: Object.entries(params).map(([key, value]) => ({ key, value })),
    useDefaultConsistency: true,
  });
  return encoded(SearchRequest, request);
}

/** Row numbers of the hits. */
export function idsOf(answer: SearchResults): number[] {
  expectOk('Search', answer.status);
  const field = answer.results?.ids?.idField;
  return field?.$case === 'intId' ? field.value.data.map(Number) : [];
}

function expectOk(rpc: string, status: Status | undefined): void {
  if (status && (status.code !== 0 || status.errorCode !== ErrorCode.Success))
    throw new Error(`${rpc}: ${status.reason}`);
}
