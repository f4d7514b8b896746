import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * - `slow-down`: the server is not asked; the answer is the 503 by which S3 limits a client.
 * - `lose-answer`: the server does what was asked, and the connection breaks before it says so.
 * - `truncate`: the connection breaks in the middle of the answer's body.
 * - `stall`: half of the body comes, and then nothing.
 * - `corrupt`: one byte of the answer's body is another one.
 * - `corrupt-sent`: one byte of what the client sends is another one.
 */
export type HttpFault = 'slow-down' | 'lose-answer' | 'truncate' | 'stall' | 'corrupt' | 'corrupt-sent';

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/** Stands between a client and an HTTP server on this machine and spoils the answers that a test chooses. */
export class HttpFaultProxy implements AsyncDisposable {
  /** Sees the request line (`PUT /bucket/key?uploads`). */
  faultFor: (line: string) => HttpFault | undefined = () => undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(targetPort: number): Promise<HttpFaultProxy> {
    const server = createServer();
    const proxy = new HttpFaultProxy(server);
    server.on('request', (incoming, outgoing) => proxy.#forward(targetPort, incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url, headers } = incoming;
    const fault = this.faultFor(`${method} ${url}`);
    if (fault === 'slow-down') {
      incoming.resume();
      incoming.on('end', () => outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN));
      return;
    }
    const forwarded = request({ host: '127.0.0.1', port, method, path: url, headers }, async (answer) => {
      const body = await buffer(answer);
      if (fault === 'lose-answer') return outgoing.destroy();
      outgoing.writeHead(answer.statusCode!, answer.headers);
      if (fault === 'corrupt' && body.length > 0) body[body.length >> 1]! ^= 1;
      if (fault !== 'truncate' && fault !== 'stall') return outgoing.end(body);
      outgoing.write(body.subarray(0, body.length >> 1), () => {
        if (fault === 'truncate') outgoing.destroy();
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    if (fault !== 'corrupt-sent') return void incoming.pipe(forwarded);
    incoming.once('data', (bytes: Buffer) => {
      bytes[0]! ^= 1;
      forwarded.write(bytes);
      incoming.pipe(forwarded);
    });
  }
}
