import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BraidError } from '../../../../core/errors.ts';
import { MilvusServiceService } from '../../../../proto/generated/milvus/service.ts';
import { type ApiFixture, openApi } from '../api-fixture.ts';
import { fakeOperations } from '../fake-operations.ts';

/** Every call of the service, sent with an empty request to operations that all fail: each answers, and none with silence, success or a broken message. */

const REASON = 'the operation failed as the test wants it';

/** They need no operation. */
const ALWAYS_SUCCEED = ['Connect', 'GetVersion'];
/** What clients must see as gRPC statuses: the responses have no room for a status, or both directions are streams. */
const GRPC_STATUS = ['CreateReplicateStream', 'DumpMessages', 'GetReplicateInfo', 'Dummy'];

let api: ApiFixture;
let client: Client;

beforeAll(async () => {
  const failing = fakeOperations();
  const operations = new Proxy(failing.operations, {
    get: () => async () => {
      throw new BraidError('internal', REASON);
    },
  });
  api = await openApi({}, { operations });
  client = new Client(api.address, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  await api.server.close();
});

interface Answer {
  readonly error: ServiceError | null;
  readonly response: Record<string, unknown> | undefined;
}

type Definition = (typeof MilvusServiceService)[keyof typeof MilvusServiceService];

function call(definition: Definition): Promise<Answer> {
  const deadline = Date.now() + 5_000;
  const identity = (bytes: Buffer): Buffer => bytes;
  const decode = definition.responseDeserialize as (bytes: Buffer) => Record<string, unknown>;
  if (definition.responseStream) {
    const stream = client.makeServerStreamRequest(definition.path, identity, decode, Buffer.alloc(0), { deadline });
    return new Promise((resolve) => {
      stream.on('data', () => {});
      stream.on('error', (error: ServiceError) => resolve({ error, response: undefined }));
      stream.on('end', () => resolve({ error: null, response: undefined }));
    });
  }
  return new Promise((resolve) => {
    client.makeUnaryRequest(definition.path, identity, decode, Buffer.alloc(0), { deadline }, (error, response) =>
      resolve({ error, response }),
    );
  });
}

function statusIn(response: Record<string, unknown>): { code: number; errorCode: number; reason: string } {
  return ('errorCode' in response ? response : (response['status'] ?? response['alterStatus'])) as never;
}

describe.each(
  Object.values(MilvusServiceService).map((definition) => [definition.path.split('/').at(-1)!, definition] as const),
)('%s', (name, definition) => {
  test('answers', async () => {
    const { error, response } = await call(definition);
    if (GRPC_STATUS.includes(name)) {
      expect(error).toMatchObject({ code: status.UNIMPLEMENTED, details: `${name} is not supported by this server` });
      return;
    }
    expect(error).toBeNull();
    const { code, errorCode, reason } = statusIn(response!);
    if (ALWAYS_SUCCEED.includes(name)) return expect(code).toBe(0);
    expect(errorCode).not.toBe(0);
    expect(code).not.toBe(0);
    if (code === 3000) expect(reason).toContain('not supported by this server');
    // 1100: an empty request names nothing; 1801: it holds no JSON.
    else if (code !== 1100 && code !== 1801) expect({ code, reason }).toEqual({ code: 5, reason: REASON });
  });
});
