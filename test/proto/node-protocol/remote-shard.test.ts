import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import {
  CallContext,
  NodeStatus,
  QueryRequest,
  QueryResponse,
  Scope,
  WatchStatusRequest,
} from '../../../proto/generated/node.ts';
import { type Frame, FrameKind, FrameReader, FrameWriter } from '../../../proto/node-protocol/frames.ts';
import { METHODS } from '../../../proto/node-protocol/methods.ts';
import { RemoteShard } from '../../../proto/node-protocol/remote-shard.ts';
import type { Shard } from '../../../proto/node-protocol/shard.ts';
import { ShardServer } from '../../../proto/node-protocol/shard-server.ts';

const closers: AsyncDisposable[] = [];

afterEach(async () => {
  for (const closer of closers.splice(0).reverse()) await closer[Symbol.asyncDispose]();
});

function request(segmentId: number, timeoutMs = 0): QueryRequest {
  const scope = Scope.fromPartial({ collectionId: 7, segmentIds: [segmentId], guaranteeTimestamp: (1n << 63n) + 5n });
  return QueryRequest.fromPartial({ context: CallContext.fromPartial({ requestId: 'r', timeoutMs }), scope });
}

/** A node whose `query` does what the segment id says. */
async function serve(query: Shard['query'], statuses: readonly NodeStatus[] = []): Promise<RemoteShard> {
  return (await serveAndKeep(query, statuses)).remote;
}

async function serveAndKeep(
  query: Shard['query'],
  statuses: readonly NodeStatus[] = [],
): Promise<{ readonly remote: RemoteShard; readonly server: ShardServer }> {
  const shard: Partial<Shard> = {
    address: 'local',
    query,
    async *watchStatus() {
      yield* statuses;
    },
  };
  const server = await ShardServer.listen(shard as Shard, { host: '127.0.0.1', port: 0 });
  const remote = new RemoteShard(`127.0.0.1:${server.port}`);
  closers.push(server, remote);
  return { remote, server };
}

const never = new AbortController().signal;

test('many calls share one connection and answers find their callers, in any order', async () => {
  const remote = await serve(async (query) => {
    const id = query.scope!.segmentIds[0]!;
    await new Promise((resolve) => setTimeout(resolve, (id * 7) % 13));
    return QueryResponse.fromPartial({ count: id });
  });
  const counts = await Promise.all(
    Array.from({ length: 200 }, async (_, id) => (await remote.query(request(id), never)).count),
  );
  expect(counts).toEqual(Array.from({ length: 200 }, (_, id) => id));
});

test('64-bit numbers and megabytes arrive as they were sent', async () => {
  const large = new Uint8Array(5_000_000).map((_, i) => i % 251);
  let seen: bigint | undefined;
  const remote = await serve(async (query) => {
    seen = query.scope!.guaranteeTimestamp;
    return QueryResponse.fromPartial({ timestamps: large });
  });
  const answer = await remote.query(request(1), never);
  expect(seen).toBe((1n << 63n) + 5n);
  expect(Buffer.compare(answer.timestamps, large)).toBe(0);
});

test('an error arrives with its kind and message', async () => {
  const remote = await serve(async () => {
    throw new BraidError('segmentNotFound', 'segment 4 is not here: größer');
  });
  await expect(remote.query(request(4), never)).rejects.toMatchObject({
    kind: 'segmentNotFound',
    message: 'segment 4 is not here: größer',
  });
});

test('a method the node does not have is refused, the connection lives on', async () => {
  const remote = await serve(async () => QueryResponse.fromPartial({ count: 3 }));
  await expect(remote.timestamp({ context: undefined, collectionId: 1 }, never)).rejects.toMatchObject({
    kind: 'nodeNotMatch',
  });
  expect((await remote.query(request(1), never)).count).toBe(3);
});

test('cancelling aborts the work on the node', async () => {
  let aborted = false;
  const remote = await serve(
    (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('stopped'));
        });
      }),
  );
  const controller = new AbortController();
  const call = remote.query(request(1), controller.signal);
  setTimeout(() => controller.abort(), 20);
  await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
  await expect.poll(() => aborted).toBe(true);
});

test('a node that does not answer costs the deadline, not more', async () => {
  const remote = await serve(() => new Promise(() => undefined));
  await expect(remote.query(request(1, 50), never)).rejects.toMatchObject({ kind: 'deadlineExceeded' });
});

test('streams deliver every message, then end', async () => {
  const statuses = Array.from({ length: 500 }, (_, sequence) => NodeStatus.fromPartial({ sequence }));
  const remote = await serve(async () => QueryResponse.fromPartial({}), statuses);
  const seen: number[] = [];
  for await (const status of remote.watchStatus(WatchStatusRequest.fromPartial({}), never)) seen.push(status.sequence);
  expect(seen).toEqual(statuses.map((status) => status.sequence));
});

test('calls under way fail when the node goes away, the next call connects again', async () => {
  const shard = { address: 'local', query: () => new Promise(() => undefined) } as unknown as Shard;
  const server = await ShardServer.listen(shard, { host: '127.0.0.1', port: 0 });
  const { port } = server;
  const remote = new RemoteShard(`127.0.0.1:${port}`);
  closers.push(remote);
  const call = remote.query(request(1), never);
  const failed = expect(call).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server[Symbol.asyncDispose]();
  await failed;
  await expect(remote.query(request(1), never)).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  const answering = {
    address: 'local',
    query: async () => QueryResponse.fromPartial({ count: 9 }),
  } as unknown as Shard;
  closers.push(await ShardServer.listen(answering, { host: '127.0.0.1', port }));
  expect((await remote.query(request(1), never)).count).toBe(9);
});

test.runIf(Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1')))(
  'a node with an IPv6 address is reached',
  async () => {
    const shard: Partial<Shard> = { address: 'local', query: async () => QueryResponse.fromPartial({ count: 6 }) };
    const server = await ShardServer.listen(shard as Shard, { host: '::1', port: 0 });
    const remote = new RemoteShard(`[::1]:${server.port}`);
    closers.push(server, remote);
    expect((await remote.query(request(1), never)).count).toBe(6);
  },
);

test('another service on the port is told apart', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  const remote = new RemoteShard(`127.0.0.1:${address.port}`);
  closers.push(remote, { [Symbol.asyncDispose]: async () => void server.close() });
  await expect(remote.query(request(1), never)).rejects.toThrow(/does not speak the node protocol|is gone/);
});

test('bytes that are no frames close that connection only', async () => {
  const errors: Error[] = [];
  const shard = { address: 'local', query: async () => QueryResponse.fromPartial({ count: 1 }) } as unknown as Shard;
  const server = await ShardServer.listen(shard, {
    host: '127.0.0.1',
    port: 0,
    onProtocolError: (error) => errors.push(error),
  });
  const remote = new RemoteShard(`127.0.0.1:${server.port}`);
  closers.push(server, remote);
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(Buffer.concat([Buffer.from('BRAIDNP1'), Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 1])]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(errors).toHaveLength(1);
  expect((await remote.query(request(1), never)).count).toBe(1);
});

test('a method that only a newer build has is refused, the connection lives on', async () => {
  const { server } = await serveAndKeep(async () => QueryResponse.fromPartial({ count: 1 }));
  const socket = connect(server.port, '127.0.0.1');
  const frames = new FrameReader();
  const writer = new FrameWriter(socket);
  const answers: Frame[] = [];
  const both = Promise.withResolvers<void>();
  socket.on('data', (chunk) => {
    answers.push(...frames.read(chunk));
    if (answers.length === 2) both.resolve();
  });
  writer.write(FrameKind.request, 1, 250);
  writer.write(FrameKind.request, 2, METHODS.query.number, QueryRequest.encode(request(1)).finish());
  await both.promise;
  socket.destroy();
  expect(answers.map(({ kind, callId }) => [kind, callId])).toEqual([
    [FrameKind.error, 1],
    [FrameKind.response, 2],
  ]);
});

test('a server that drains finishes what it has and refuses the rest', async () => {
  const gate = Promise.withResolvers<void>();
  const { remote, server } = await serveAndKeep(async () => {
    await gate.promise;
    return QueryResponse.fromPartial({ count: 5 });
  });
  const underWay = remote.query(request(1), never);
  await new Promise((resolve) => setTimeout(resolve, 50));
  let drained = false;
  const draining = server.drain(10_000).then(() => {
    drained = true;
  });
  await expect(remote.query(request(2), never)).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  expect(drained).toBe(false);
  gate.resolve();
  expect((await underWay).count).toBe(5);
  await draining;
  await expect(server.quiet(60_000, 20), 'the time is over before it is quiet').resolves.toBeUndefined();
});
