import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BraidError, toBraidError } from '../../core/errors.ts';
import { encodeError, type Frame, FrameKind, FrameReader, FrameWriter } from './frames.ts';
import { METHOD_BY_NUMBER, type Method } from './methods.ts';
import type { Shard } from './shard.ts';

export interface ShardServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** A connection broke the protocol; it has been closed. */
  readonly onProtocolError?: (error: Error, remoteAddress: string) => void;
}

type Handler = (request: unknown, signal: AbortSignal) => Promise<unknown> | AsyncIterable<unknown>;

/** How often a server that waits for its calls to end looks at them. */
const DRAIN_LOOK_MS = 10;

/** What all connections of a server share. */
interface CallCount {
  /** Calls under way; streams do not count. */
  underWay: number;
  /** When the last one came, by `performance.now()`. */
  lastMs: number;
  /** New ones are refused. */
  refused: boolean;
}

/** Serves a node of this process to callers on the network. Closing it breaks the connections: drain before. */
export class ShardServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #calls: CallCount = { underWay: 0, lastMs: Number.NEGATIVE_INFINITY, refused: false };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(shard: Shard, options: ShardServerOptions): Promise<ShardServer> {
    const server = createServer({ noDelay: true });
    const served = new ShardServer(server);
    server.on('connection', (socket) => {
      const connection = new Connection(shard, socket, served.#calls, options.onProtocolError);
      served.#connections.add(connection);
      socket.on('close', () => served.#connections.delete(connection));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const where = `${options.host}:${options.port}`;
        reject(new BraidError('serviceUnavailable', `cannot listen on ${where}: ${error.message}`, { cause: error }));
      });
      server.listen(options.port, options.host, resolve);
    });
    return served;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Resolves when no call came for `quietMs`, at the latest after `timeoutMs`. */
  async quiet(quietMs: number, timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    const calls = this.#calls;
    const isQuiet = (nowMs: number): boolean => calls.underWay === 0 && nowMs - calls.lastMs >= quietMs;
    for (let nowMs = performance.now(); !isQuiet(nowMs) && nowMs < endMs; nowMs = performance.now())
      await sleep(DRAIN_LOOK_MS);
  }

  /**
   * Refuses calls from now on (`serviceUnavailable`: nothing was done), and resolves when those under way are answered, at the latest after `timeoutMs`.
   * Streams go on.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#calls.refused = true;
    await this.quiet(0, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await closed;
  }
}

/** One caller. Its calls run at once; each has an AbortController that a cancel frame or the end of the connection fires. */
class Connection {
  readonly #shard: Shard;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #count: CallCount;
  readonly #calls = new Map<number, AbortController>();

  constructor(shard: Shard, socket: Socket, count: CallCount, onProtocolError: ShardServerOptions['onProtocolError']) {
    this.#shard = shard;
    this.#count = count;
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    const reader = new FrameReader();
    const remoteAddress = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.on('data', (chunk) => {
      try {
        for (const frame of reader.read(chunk)) this.#receive(frame);
      } catch (error) {
        onProtocolError?.(error as Error, remoteAddress);
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const call of this.#calls.values()) call.abort();
      this.#calls.clear();
    });
  }

  close(): void {
    this.#socket.destroySoon();
  }

  #receive(frame: Frame): void {
    if (frame.kind === FrameKind.cancel) {
      this.#calls.get(frame.callId)?.abort();
      return;
    }
    if (frame.kind !== FrameKind.request) {
      throw new BraidError('unimplemented', `frame of kind ${frame.kind} is not understood`);
    }
    const method = METHOD_BY_NUMBER.get(frame.method);
    if (!method) {
      // A caller of a newer build: its other calls go on.
      const error = new BraidError(
        'unimplemented',
        `this node does not know method ${frame.method}: is its build older?`,
      );
      this.#writer.write(FrameKind.error, frame.callId, frame.method, encodeError(error));
      return;
    }
    const controller = new AbortController();
    this.#calls.set(frame.callId, controller);
    void this.#answer(method, frame, controller.signal).finally(() => this.#calls.delete(frame.callId));
  }

  async #answer(method: Method, frame: Frame, signal: AbortSignal): Promise<void> {
    try {
      const handler = (this.#shard as unknown as Record<string, Handler | undefined>)[method.name];
      if (!handler)
        throw new BraidError('nodeNotMatch', `this node is not the writer: it does not answer ${method.name}`);
      const call = (): unknown => handler.call(this.#shard, method.request.decode(frame.payload), signal);
      if (method.streams) return await this.#stream(method, frame, call() as AsyncIterable<unknown>, signal);
      const response = method.response.encode(await this.#counted(call as () => Promise<unknown>)).finish();
      if (!signal.aborted) this.#writer.write(FrameKind.response, frame.callId, frame.method, response);
    } catch (thrown) {
      if (!signal.aborted)
        this.#writer.write(FrameKind.error, frame.callId, frame.method, encodeError(toBraidError(thrown)));
    }
  }

  async #counted(call: () => Promise<unknown>): Promise<unknown> {
    if (this.#count.refused) throw new BraidError('serviceUnavailable', 'this node is leaving: nothing was done');
    this.#count.underWay++;
    this.#count.lastMs = performance.now();
    try {
      return await call();
    } finally {
      this.#count.underWay--;
    }
  }

  async #stream(method: Method, frame: Frame, messages: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
    for await (const message of messages) {
      if (signal.aborted) return;
      const open = this.#writer.write(
        FrameKind.message,
        frame.callId,
        frame.method,
        method.response.encode(message).finish(),
      );
      if (!open) await this.#writer.drained();
    }
    if (!signal.aborted) this.#writer.write(FrameKind.end, frame.callId, frame.method);
  }
}
