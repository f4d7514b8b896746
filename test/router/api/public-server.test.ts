import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GetVersionResponse } from '../../../proto/generated/milvus/connection.ts';
import { InsertRequest, MutationResult } from '../../../proto/generated/milvus/mutation.ts';
import { QueryResults } from '../../../proto/generated/milvus/query.ts';
import { SearchRequest } from '../../../proto/generated/milvus/search.ts';
import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import { floatsOf } from '../../../proto/milvus/float-lens.ts';
import { openPublicServer } from '../../../router/api/public-server.ts';
import { type ApiFixture, openApi } from './api-fixture.ts';
import { CREATED, field } from './fake-operations.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(...parameters: Parameters<typeof openApi>): Promise<ApiFixture> {
  const api = await openApi(...parameters);
  opened.push(api.server);
  return api;
}

interface Answer {
  readonly error: ServiceError | null;
  readonly response: Buffer | undefined;
}

/** Calls with bytes and gets bytes. */
function call(
  client: Client,
  rpc: keyof typeof MilvusServiceService,
  message: Uint8Array = new Uint8Array(0),
  options: { deadline?: number; signal?: AbortSignal; metadata?: Record<string, string> } = {},
): Promise<Answer> {
  const identity = (bytes: Buffer): Buffer => bytes;
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value);
  return new Promise((resolve) => {
    const made = client.makeUnaryRequest(
      MilvusServiceService[rpc].path,
      identity,
      identity,
      Buffer.from(message),
      metadata,
      options.deadline === undefined ? {} : { deadline: options.deadline },
      (error, response) => resolve({ error, response }),
    );
    options.signal?.addEventListener('abort', () => made.cancel());
  });
}

function grpcClient(address: string): Client {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  opened.push(client);
  return client;
}

function rawSocket(api: ApiFixture): Socket {
  const socket = connect(api.server.port, '127.0.0.1');
  socket.on('error', () => {});
  opened.push({ close: () => socket.destroy() });
  return socket;
}

/** All that comes until the other end closes. */
function everything(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text));
  });
}

async function expectAlive(api: ApiFixture): Promise<void> {
  const { error, response } = await call(grpcClient(api.address), 'getVersion');
  expect(error).toBeNull();
  expect(GetVersionResponse.decode(response!).version).toBe('v2.6.17');
  expect((await api.post('databases/drop', { dbName: 'x' })).body).toEqual({ code: 0, data: {} });
}

describe('one port, two protocols', () => {
  test('gRPC and REST answer side by side', async () => {
    await expectAlive(await open());
  });

  test('first bytes may come one by one', async () => {
    const api = await open();
    const body = '{"dbName":"x"}';
    const request = `POST /v2/vectordb/databases/drop HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = rawSocket(api);
    const answered = everything(socket);
    for (const char of request.slice(0, 6)) {
      socket.write(char);
      await sleep(2);
    }
    socket.end(request.slice(6));
    expect(await answered).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\{"code":0,"data":\{\}\}$/);

    const session = connectHttp2(`http://${api.address}`, {
      createConnection: () => {
        const slow = rawSocket(api);
        const { write } = slow;
        // The preface in two parts, the first too short to tell.
        slow.write = function (this: Socket, chunk: Uint8Array, ...rest: never[]) {
          slow.write = write;
          write.call(slow, Buffer.from(chunk).subarray(0, 2));
          setTimeout(() => write.call(slow, Buffer.from(chunk).subarray(2), ...rest), 5);
          return true;
        } as never;
        return slow;
      },
    });
    opened.push(session);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
  });

  test('a connection that says nothing is closed, and one that says too little', async () => {
    const api = await open({}, { limits: { firstBytesMs: 100 } });
    const silent = rawSocket(api);
    const short = rawSocket(api);
    short.write('PR');
    expect(await Promise.all([everything(silent), everything(short)])).toEqual(['', '']);
  });

  test.each([
    ['bytes of no protocol', Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 131 + 7) & 255))],
    ['a TLS hello', Buffer.from('16030100f1010000ed0303', 'hex')],
    [
      'a preface with garbage after it',
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1'),
    ],
    ['garbage that starts like a preface', Buffer.from('PRI not HTTP/2 at all, as you see', 'latin1')],
    ['a request line that never ends', Buffer.alloc(100_000, 'A')],
  ])('%s close the connection and nothing else', async (_name, bytes) => {
    const api = await open();
    const socket = rawSocket(api);
    const closed = everything(socket);
    socket.write(bytes);
    await closed;
    await expectAlive(api);
  });

  test('a client that resets its connection disturbs nobody', async () => {
    const api = await open();
    for (const bytes of ['', 'P', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'POST / HTTP/1.1\r\n']) {
      const socket = rawSocket(api);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(bytes);
      await sleep(5);
      socket.resetAndDestroy();
    }
    await expectAlive(api);
  });

  test('an HTTP/2 client that closes its side is let go', async () => {
    const api = await open();
    const socket = rawSocket(api);
    const session = connectHttp2(`http://${api.address}`, { createConnection: () => socket });
    session.on('error', () => {});
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end();
    await closed;
  });

  test('HTTP/2 connections and calls have wide windows; pings alone keep a connection open', async () => {
    const api = await open();
    const session = connectHttp2(`http://${api.address}`);
    opened.push(session);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => session.ping(resolve));
    expect(session.state.remoteWindowSize).toBe(16 * 1024 * 1024);
    expect(session.remoteSettings.initialWindowSize).toBe(1024 * 1024);
    expect(session.closed).toBe(false);
    expect(api.logged).toEqual([]);
  });

  test('probes can ask for the health of the service', async () => {
    const api = await open();
    const identity = (bytes: Buffer): Buffer => bytes;
    const answered = new Promise<Buffer | undefined>((resolve) => {
      const path = '/grpc.health.v1.Health/Check';
      grpcClient(api.address).makeUnaryRequest(path, identity, identity, Buffer.alloc(0), (_, answer) =>
        resolve(answer),
      );
    });
    // HealthCheckResponse{status: SERVING}
    expect(await answered).toEqual(Buffer.of(0x08, 0x01));
  });

  test('a port that is taken is an error', async () => {
    const api = await open();
    const second = openPublicServer({
      operations: api.fake.operations,
      host: '127.0.0.1',
      port: api.server.port,
      info: { version: '', buildTime: '', gitCommit: '', deployMode: 'STANDALONE' },
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});

describe('large messages', () => {
  const DIMENSION = 1024;

  function insertOf(rowCount: number): Uint8Array {
    const data = new Uint8Array(rowCount * DIMENSION * 4);
    new Float32Array(data.buffer).fill(0.25);
    return InsertRequest.encode({
      ...InsertRequest.create({ collectionName: 'docs', numRows: rowCount }),
      fieldsData: [
        {
          type: DataType.FloatVector,
          fieldName: 'vector',
          field: {
            $case: 'vectors',
            value: { dim: BigInt(DIMENSION), data: { $case: 'floatVector', value: { data } } },
          },
          fieldId: 0n,
          isDynamic: false,
          validData: [],
        },
      ],
    }).finish();
  }

  test('60 MB go in, 65 MB are refused clearly', async () => {
    const api = await open({
      insert: async (_context, { rowCount, columns }) => {
        const column = columns[0]!.column;
        if (column.kind !== 'vector') throw new Error('no vectors');
        expect(floatsOf(column.data).at(-1)).toBe(0.25);
        return { keys: new BigInt64Array(rowCount), rowCount: column.rowCount, timestamp: CREATED };
      },
    });
    const client = grpcClient(api.address);
    const large = await call(client, 'insert', insertOf(15_000));
    expect(large.error).toBeNull();
    expect(MutationResult.decode(large.response!)).toMatchObject({ insertCnt: 15_000n });
    const tooLarge = await call(client, 'insert', insertOf(16_400));
    expect(tooLarge.error).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(tooLarge.error!.details).toContain('larger than max');
    await expectAlive(api);
  });

  test('REST refuses a body that is too large', async () => {
    const api = await open({}, { limits: { requestBytesMax: 1024 * 1024 } });
    const fits = await api.post('databases/drop', { dbName: 'x', padding: 'x'.repeat(1024 * 1024 - 100) });
    expect(fits).toMatchObject({ status: 200, body: { code: 0 } });
    const tooLarge = await api.post('databases/drop', { dbName: 'x', padding: 'x'.repeat(1024 * 1024) });
    expect(tooLarge).toEqual({
      status: 413,
      body: { code: 1102, message: 'the request is larger than 1048576 bytes' },
    });
    await expectAlive(api);
  });

  test('an answer beyond the limit is refused clearly', async () => {
    const values = new Float64Array(200_000);
    const api = await open(
      {
        query: async () => ({
          collectionName: 'docs',
          primaryField: field(100, 'id', DataType.Int64),
          rowCount: values.length,
          count: undefined,
          columns: [
            {
              name: 'x',
              field: field(101, 'x', DataType.Double),
              column: { kind: 'fixed', dataType: DataType.Double, rowCount: values.length, values, valid: undefined },
            },
          ],
          outputFields: ['x'],
          sessionTimestamp: CREATED,
        }),
      },
      { limits: { responseBytesMax: 1024 * 1024 } },
    );
    const grpc = await call(grpcClient(api.address), 'query');
    expect(grpc.error).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    const rest = await api.post('entities/query', { collectionName: 'docs' });
    expect(rest.body).toMatchObject({ code: 1102, message: expect.stringContaining('larger than 1048576 bytes') });
  });
});

test('what a search asks for and this server has not goes on by name', async () => {
  let unsupported: readonly string[] = [];
  const api = await open({
    search: async (_context, input) => {
      unsupported = input.unsupported;
      throw new BraidError('notSupported', 'seen');
    },
  });
  const request = SearchRequest.fromPartial({
    collectionName: 'docs',
    namespace: 'n',
    functionChains: [{}],
    searchAggregation: {},
    searchInput: { $case: 'ids', value: { idField: { $case: 'intId', value: { data: [1n] } } } },
  });
  await call(grpcClient(api.address), 'search', SearchRequest.encode(request).finish());
  expect(unsupported).toEqual(['search_aggregation', 'function_chains', 'namespace']);
});

describe('deadlines and cancellation', () => {
  /** An operation that never ends by itself. */
  function stuck(seen: AbortSignal[]) {
    return (context: { signal: AbortSignal }): Promise<never> => {
      seen.push(context.signal);
      return new Promise(() => {});
    };
  }

  test('a client that cancels aborts the operation', async () => {
    const seen: AbortSignal[] = [];
    const api = await open({ query: stuck(seen) });
    const cancel = new AbortController();
    const answered = call(grpcClient(api.address), 'query', undefined, { signal: cancel.signal });
    await expect.poll(() => seen.length).toBe(1);
    cancel.abort();
    expect((await answered).error).toMatchObject({ code: status.CANCELLED });
    await expect.poll(() => seen[0]!.aborted).toBe(true);
    await expect.poll(() => api.reports.at(-1)).toMatchObject({ method: 'Query', code: 10000 });
  });

  test('a REST client that goes away aborts the operation', async () => {
    const seen: AbortSignal[] = [];
    const api = await open({ query: stuck(seen) });
    const cancel = new AbortController();
    const answered = fetch(`http://${api.address}/v2/vectordb/entities/query`, {
      method: 'POST',
      body: '{"collectionName":"docs"}',
      signal: cancel.signal,
    });
    await expect.poll(() => seen.length).toBe(1);
    cancel.abort();
    await expect(answered).rejects.toThrow('abort');
    await expect.poll(() => seen[0]!.aborted).toBe(true);
  });

  test('the client’s deadline reaches the operation, and ends the call when the operation does not', async () => {
    const seen: number[] = [];
    const api = await open({
      query: async (context) => {
        seen.push(context.deadlineMs - performance.now());
        return new Promise(() => {});
      },
    });
    const { error } = await call(grpcClient(api.address), 'query', undefined, { deadline: Date.now() + 300 });
    expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[0]).toBeLessThanOrEqual(300);
  });

  test('without a deadline a call that hangs is given up all the same', async () => {
    const api = await open({ query: stuck([]) }, { limits: { callMs: 100, lateAnswerMs: 50 } });
    const { error, response } = await call(grpcClient(api.address), 'query');
    expect(error).toBeNull();
    expect(QueryResults.decode(response!).status).toMatchObject({ code: 10001, errorCode: 1, retriable: false });
    const rest = await api.post('entities/query', { collectionName: 'docs' }, { 'request-timeout': '0.05' });
    expect(rest).toMatchObject({ status: 408, body: { code: 10001 } });
  });

  test('the rest of the head: request id, trace, database', async () => {
    const api = await open();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const metadata = { 'client-request-id': 'mine', traceparent, dbname: 'books' };
    await call(grpcClient(api.address), 'listDatabases', undefined, { metadata });
    const { context } = api.fake.last('listDatabases');
    expect(context).toMatchObject({ requestId: 'mine', database: 'books', principal: undefined });
    await api.post('databases/list', {}, { 'request-id': 'x'.repeat(1000), 'db-name': 'letters' });
    const rest = api.fake.last('listDatabases').context;
    expect(rest.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(rest.database).toBe('letters');
  });
});

describe('closing', () => {
  test('calls under way finish, new connections are refused', async () => {
    const gate = Promise.withResolvers<void>();
    let waiting = 0;
    const api = await open({
      dropDatabase: async () => {
        waiting++;
        await gate.promise;
      },
    });
    const grpc = call(grpcClient(api.address), 'dropDatabase');
    const rest = api.post('databases/drop', { dbName: 'x' });
    await expect.poll(() => waiting).toBe(2);
    const closed = api.server.close();
    await sleep(50);
    await expect(api.post('databases/list')).rejects.toThrow();
    gate.resolve();
    expect((await grpc).error).toBeNull();
    expect(await rest).toMatchObject({ status: 200, body: { code: 0 } });
    const started = performance.now();
    await closed;
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('what does not finish in time is cut off', async () => {
    const api = await open(
      {
        dropDatabase: async () => {
          await new Promise(() => {});
        },
      },
      { limits: { closeMs: 200 } },
    );
    const grpc = call(grpcClient(api.address), 'dropDatabase');
    const rest = api.post('databases/drop', { dbName: 'x' }).catch((error: Error) => error);
    const idle = rawSocket(api);
    const idleClosed = everything(idle);
    await sleep(100);
    const started = performance.now();
    await Promise.all([api.server.close(), api.server.close()]);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await grpc).error).toMatchObject({ code: status.UNAVAILABLE });
    expect(await rest).toBeInstanceOf(Error);
    expect(await idleClosed).toBe('');
  });
});

test('an error of the operation that says a node is gone is UNAVAILABLE', async () => {
  const api = await open({
    dropDatabase: async () => {
      throw new BraidError('termLost', 'the writer changed');
    },
  });
  const { error } = await call(grpcClient(api.address), 'dropDatabase');
  expect(error).toMatchObject({ code: status.UNAVAILABLE, details: 'the writer changed' });
  expect((await api.post('databases/drop', { dbName: 'x' })).body).toEqual({ code: 2, message: 'the writer changed' });
});
