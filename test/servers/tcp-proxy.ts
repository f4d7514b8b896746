import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `cut-before`: the connection breaks and the server never gets what was sent.
 * - `cut-after`: the server gets it and answers, but the connection breaks before the answer arrives.
 * - `black-hole`: the client's machine vanishes: the server gets nothing, not even the end of the connection.
 * - `swallow`: what was sent is lost, and the connection stays: half-open.
 */
export type Fault = 'cut-before' | 'cut-after' | 'black-hole' | 'swallow';

/** Stands between a client and a server on this machine and breaks connections at the moment a test chooses. */
export class TcpProxy implements AsyncDisposable {
  /** Looks at everything a client sends; a fault that it returns happens to that connection. */
  faultFor: (sent: string) => Fault | undefined = () => undefined;
  /** Answers of the server arrive so much later. */
  delayMs = 0;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(listener: Server) {
    this.#listener = listener;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const listener = createServer();
    const proxy = new TcpProxy(listener);
    listener.on('connection', (client) => proxy.#link(client, connect(targetPort, '127.0.0.1')));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return address.port;
  }

  /** Breaks every connection there is. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #link(client: Socket, server: Socket): void {
    let isCutAfterAnswer = false;
    let isVanished = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    client.on('data', (sent) => {
      const fault = this.faultFor(sent.toString('latin1'));
      if (fault === 'cut-before') return end();
      if (fault === 'swallow') return;
      if (fault === 'black-hole') {
        isVanished = true;
        client.destroy();
        return;
      }
      isCutAfterAnswer ||= fault === 'cut-after';
      server.write(sent);
    });
    server.on('data', (answer) => {
      if (isCutAfterAnswer) end();
      else if (this.delayMs > 0) setTimeout(() => client.write(answer), this.delayMs);
      else client.write(answer);
    });
    client.on('close', () => {
      if (!isVanished) server.destroy();
    });
    server.on('close', () => client.destroy());
    const end = () => {
      client.destroy();
      server.destroy();
    };
  }
}
