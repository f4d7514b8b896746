import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CreateCollectionRequest,
  type DescribeCollectionRequest,
  DescribeCollectionResponse,
} from '../../proto/generated/milvus/collection.ts';
import { ErrorCode, Status } from '../../proto/generated/milvus/common.ts';
import { type ConnectRequest, ConnectResponse, GetVersionResponse } from '../../proto/generated/milvus/connection.ts';
import { type InsertRequest, MutationResult } from '../../proto/generated/milvus/mutation.ts';
import { PlaceholderGroup } from '../../proto/generated/milvus/placeholder.ts';
import { CollectionSchema, DataType } from '../../proto/generated/milvus/schema.ts';
import { type SearchRequest, SearchResults } from '../../proto/generated/milvus/search.ts';
import { type MilvusServiceServer, MilvusServiceService } from '../../proto/generated/milvus/service.ts';
import { bytesOf, floatsOf } from '../../proto/milvus/float-lens.ts';

/** The generated service on a real grpc-js server, called by the real client. */

const DIMENSION = 3;
const SCHEMA = CollectionSchema.create({
  name: 'docs',
  fields: [
    { fieldID: 100n, name: 'id', isPrimaryKey: true, dataType: DataType.Int64 },
    { fieldID: 101n, name: 'vector', dataType: DataType.FloatVector, typeParams: [{ key: 'dim', value: '3' }] },
  ],
});

/** What the server received last, by rpc. */
const received = new Map<string, unknown>();

function answer<Request, Response>(rpc: string, response: (request: Request) => Response) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    received.set(rpc, call.request);
    done(null, response(call.request));
  };
}

const handlers = {
  connect: answer('connect', (_: ConnectRequest) =>
    ConnectResponse.create({
      status: {},
      serverInfo: { buildTags: 'v2.6.17', deployMode: 'STANDALONE' },
      identifier: 450_000_000_000_000_001n,
    }),
  ),
  getVersion: answer('getVersion', () => GetVersionResponse.create({ status: {}, version: 'v2.6.17' })),
  createCollection: answer('createCollection', (_: CreateCollectionRequest) => Status.create()),
  describeCollection: answer('describeCollection', ({ collectionName }: DescribeCollectionRequest) =>
    collectionName === SCHEMA.name
      ? DescribeCollectionResponse.create({ status: {}, schema: SCHEMA, collectionName, updateTimestamp: 1n << 60n })
      : DescribeCollectionResponse.create({
          status: {
            errorCode: ErrorCode.CollectionNotExists,
            code: 100,
            reason: "can't find collection[database=default][collection=nothing]",
            extraInfo: new Map([['is_input_error', 'true']]),
          },
        }),
  ),
  insert: answer('insert', (request: InsertRequest) =>
    MutationResult.create({
      status: {},
      IDs: { idField: { $case: 'intId', value: { data: [-1n, 1n << 62n] } } },
      succIndex: [0, 1],
      insertCnt: BigInt(request.numRows),
      timestamp: 450_000_000_000_000_002n,
    }),
  ),
  search: answer('search', (_: SearchRequest) =>
    SearchResults.create({
      status: {},
      results: {
        numQueries: 1n,
        topK: 2n,
        topks: [2n],
        scores: bytesOf(Float32Array.of(0.75, 0.5)),
        ids: { idField: { $case: 'intId', value: { data: [1n << 62n, -1n] } } },
        fieldsData: [
          {
            type: DataType.Int64,
            fieldName: 'id',
            field: { $case: 'scalars', value: { data: { $case: 'longData', value: { data: [1n << 62n, -1n] } } } },
          },
        ],
        outputFields: ['id'],
        primaryFieldName: 'id',
      },
    }),
  ),
} satisfies Partial<MilvusServiceServer>;

const server = new Server();
let address: string;
let client: MilvusClient;

beforeAll(async () => {
  server.addService(MilvusServiceService, handlers);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  address = `127.0.0.1:${port}`;
  client = new MilvusClient({ address, logLevel: 'error' });
  await client.connectPromise;
});

afterAll(async () => {
  await client.closeConnection();
  server.forceShutdown();
});

test('the client connects and introduces itself', async () => {
  expect((await client.getVersion()).version).toBe('v2.6.17');
  expect(received.get('connect')).toMatchObject({ clientInfo: { sdkType: expect.stringMatching(/node/i) } });
});

test('an error travels with both codes, and as the name that the client compares', async () => {
  const { status: answered } = await client.describeCollection({ collection_name: 'nothing' });
  expect(answered).toMatchObject({
    error_code: 'CollectionNotExists',
    code: 100,
    extra_info: { is_input_error: 'true' },
  });
  expect(answered.reason).toContain("can't find collection");
  expect((await client.hasCollection({ collection_name: 'nothing' })).value).toBe(false);
});

test('a schema travels as bytes inside the request', async () => {
  await client.createCollection({
    collection_name: 'docs',
    fields: [
      { name: 'id', data_type: 'Int64', is_primary_key: true },
      { name: 'vector', data_type: 'FloatVector', dim: DIMENSION },
    ],
  });
  const request = received.get('createCollection') as CreateCollectionRequest;
  const { fields } = CollectionSchema.decode(request.schema);
  expect(fields.map((field) => [field.name, field.dataType])).toEqual([
    ['id', DataType.Int64],
    ['vector', DataType.FloatVector],
  ]);
  expect(fields[1]?.typeParams).toContainEqual({ key: 'dim', value: '3' });
});

test('rows arrive as bytes, keys and counts as bigint', async () => {
  const rows = [
    { id: '-1', vector: [0.5, 1, 2] },
    { id: String(1n << 62n), vector: [-0.5, -1, -2] },
  ];
  const result = await client.insert({ collection_name: 'docs', data: rows });
  expect(result).toMatchObject({ status: { error_code: 'Success' }, insert_cnt: '2', succ_index: [0, 1] });
  expect(result.IDs).toMatchObject({ int_id: { data: ['-1', String(1n << 62n)] } });
  const request = received.get('insert') as InsertRequest;
  expect(request).toMatchObject({ collectionName: 'docs', numRows: 2 });
  const columns = new Map(request.fieldsData.map((column) => [column.fieldName, column.field]));
  expect(columns.get('id')).toEqual({
    $case: 'scalars',
    value: { data: { $case: 'longData', value: { data: [-1n, 1n << 62n] } } },
  });
  const vectors = columns.get('vector');
  if (vectors?.$case !== 'vectors' || vectors.value.data?.$case !== 'floatVector') throw new Error('no vectors');
  expect(vectors.value.dim).toBe(BigInt(DIMENSION));
  expect([...floatsOf(vectors.value.data.value.data)]).toEqual([0.5, 1, 2, -0.5, -1, -2]);
});

test('a search brings its vectors as a placeholder group and takes scores as bytes', async () => {
  const { status: answered, results } = await client.search({ collection_name: 'docs', data: [1, 2, 3], limit: 2 });
  expect(answered.error_code).toBe('Success');
  expect(results).toMatchObject([
    { id: String(1n << 62n), score: 0.75 },
    { id: '-1', score: 0.5 },
  ]);
  const { searchInput, searchParams } = received.get('search') as SearchRequest;
  expect(searchParams).toContainEqual({ key: 'topk', value: '2' });
  if (searchInput?.$case !== 'placeholderGroup') throw new Error('no vectors');
  const [placeholder] = PlaceholderGroup.decode(searchInput.value).placeholders;
  expect(placeholder?.values.map((value) => [...floatsOf(value)])).toEqual([[1, 2, 3]]);
});

test('bytes that are no message fail the call and nothing else', async () => {
  const channel = new Client(address, credentials.createInsecure());
  const { path } = MilvusServiceService.insert;
  const noMessage = Buffer.of(0x2a, 0x7f, 0x01);
  const error = await new Promise<ServiceError | null>((resolve) => {
    channel.makeUnaryRequest(path, (bytes: Buffer) => bytes, MutationResult.decode, noMessage, resolve);
  });
  channel.close();
  expect(error?.code).toBe(status.INTERNAL);
  expect((await client.getVersion()).version).toBe('v2.6.17');
});
