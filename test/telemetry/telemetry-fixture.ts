import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';

/** What a collector was sent. */
export interface Delivery {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface FakeCollector extends AsyncDisposable {
  readonly port: number;
  readonly deliveries: readonly Delivery[];
}

/** Takes what is posted to it, over HTTP/1. */
export async function startHttpCollector(): Promise<FakeCollector> {
  const deliveries: Delivery[] = [];
  const server = createHttpServer(async (request, response) => {
    const body = await collect(request);
    deliveries.push({ path: request.url!, contentType: request.headers['content-type'] ?? '', body });
    response.writeHead(200).end();
  });
  return listening(server, deliveries, () => server.closeAllConnections());
}

/** Answers every gRPC call with an empty message. */
export async function startGrpcCollector(): Promise<FakeCollector> {
  const deliveries: Delivery[] = [];
  const sessions = new Set<{ destroy(): void }>();
  const server = createHttp2Server();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', async (stream, headers) => {
    const body = await collect(stream);
    deliveries.push({ path: headers[':path']!, contentType: headers['content-type'] ?? '', body });
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.alloc(5));
  });
  return listening(server, deliveries, () => {
    for (const session of sessions) session.destroy();
  });
}

async function listening(server: Server, deliveries: Delivery[], endConnections: () => void): Promise<FakeCollector> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    deliveries,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      endConnections();
      await closed;
    },
  };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
