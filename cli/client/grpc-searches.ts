import { getCACertificates } from 'node:tls';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { BraidError } from '../../core/errors.ts';
import { KeyValuePair } from '../../proto/generated/milvus/common.ts';
import { PlaceholderGroup, PlaceholderType } from '../../proto/generated/milvus/placeholder.ts';
import { SearchRequest, SearchResults } from '../../proto/generated/milvus/search.ts';
import { urlOf } from './addresses.ts';

const SEARCH = '/milvus.proto.milvus.MilvusService/Search';
const TIMEOUT_MS = 60_000;

/** What a search asks besides its queries. */
export interface SearchWanted {
  readonly database: string;
  readonly collection: string;
  readonly field: string | undefined;
  readonly filter: string | undefined;
  readonly limit: number;
}

/** Searches over gRPC, as the SDKs send them, on one connection. Requests are encoded before they are timed. */
export class GrpcSearches implements Disposable {
  readonly #client: Client;
  readonly #metadata = new Metadata();

  /** `address`: as `urlOf` takes it. `token`: as Milvus takes it, `user:password` or a key. */
  constructor(address: string, token: string | undefined) {
    const { protocol, host } = new URL(urlOf(address, ''));
    const channel = protocol === 'https:' ? credentials.createSsl(authorities()) : credentials.createInsecure();
    this.#client = new Client(host, channel, {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    });
    if (token) this.#metadata.set('authorization', Buffer.from(token).toString('base64'));
  }

  /** Throws what the server refuses, with its words and code. */
  search(request: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        SEARCH,
        Buffer.from,
        SearchResults.decode,
        request,
        this.#metadata,
        { deadline: Date.now() + TIMEOUT_MS },
        (error, answer) => {
          const code = answer?.status?.code ?? 0;
          if (error) reject(new BraidError('serviceUnavailable', error.message, { cause: error }));
          else if (code !== 0) reject(new BraidError('unexpected', `${answer?.status?.reason} (code ${code})`));
          else resolve();
        },
      );
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Those that Node trusts, with NODE_EXTRA_CA_CERTS, as for REST: gRPC has a list and variables of its own. */
function authorities(): Buffer {
  return Buffer.from(getCACertificates('default').join('\n'));
}

/** Queries are vectors of numbers, or texts. Throws `parameterInvalid` for others. */
export function encodeSearch(wanted: SearchWanted, queries: readonly unknown[]): Uint8Array {
  const { database, collection, field, filter = '', limit } = wanted;
  const isText = typeof queries[0] === 'string';
  const group = PlaceholderGroup.create({
    placeholders: [
      {
        tag: '$0',
        type: isText ? PlaceholderType.VarChar : PlaceholderType.FloatVector,
        values: queries.map(isText ? (query) => Buffer.from(query as string) : floatsOf),
        elementLevel: false,
      },
    ],
  });
  return SearchRequest.encode(
    SearchRequest.create({
      dbName: database,
      collectionName: collection,
      dsl: filter,
      dslType: 1,
      searchInput: { $case: 'placeholderGroup', value: PlaceholderGroup.encode(group).finish() },
      searchParams: [
        ...(field === undefined ? [] : [KeyValuePair.create({ key: 'anns_field', value: field })]),
        KeyValuePair.create({ key: 'topk', value: String(limit) }),
        KeyValuePair.create({ key: 'params', value: '{}' }),
      ],
      nq: BigInt(queries.length),
      useDefaultConsistency: true,
    }),
  ).finish();
}

function floatsOf(query: unknown): Uint8Array {
  if (!Array.isArray(query) || !query.every((number) => typeof number === 'number'))
    throw new BraidError('parameterInvalid', 'over gRPC queries should be float vectors or texts');
  return new Uint8Array(Float32Array.from(query).buffer);
}
