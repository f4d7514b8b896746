import { connect, type Socket } from 'node:net';
import { BraidError } from '../../core/errors.ts';
import { splitAddress } from '../../core/node-address.ts';
import { decodeError, type Frame, FrameKind, FrameReader, FrameWriter } from './frames.ts';
import { NODE_PROTOCOL_LIMITS } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import type { Method } from './methods.ts';

interface PendingCall {
  readonly method: Method;
  /** `performance.now()` at which the call is given up; Infinity without a deadline. */
  readonly expiresAtMs: number;
  readonly stream: MessageQueue<unknown> | undefined;
  resolve(response: unknown): void;
  reject(error: unknown): void;
}

/** Cheap and never throws. */
export type DecodeObserver = (call: string, durationMs: number) => void;

/** One kept connection to a node, carrying many calls. When it breaks, all of its calls fail with `serviceUnavailable`; it is then of no further use. */
export class NodeConnection {
  readonly #address: string;
  readonly #decoded: DecodeObserver | undefined;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #calls = new Map<number, PendingCall>();
  readonly #sweep: NodeJS.Timeout;
  #lastCallId = 0;
  #closed: BraidError | undefined;

  private constructor(address: string, socket: Socket, decoded: DecodeObserver | undefined) {
    this.#address = address;
    this.#decoded = decoded;
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    this.#sweep = setInterval(() => this.#expireCalls(), NODE_PROTOCOL_LIMITS.deadlineSweepMs).unref();
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const frame of reader.read(chunk)) this.#receive(frame);
      } catch (error) {
        this.#break(error as Error);
      }
    });
    socket.on('error', (error) => this.#break(error));
    socket.on('close', () => this.#break(undefined));
  }

  static open(address: string, decoded?: DecodeObserver, signal?: AbortSignal): Promise<NodeConnection> {
    const { host, port } = splitAddress(address);
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      const fail = (cause: Error): void => {
        socket.destroy();
        reject(new BraidError('serviceUnavailable', `cannot connect to node ${address}: ${cause.message}`, { cause }));
      };
      const timer = setTimeout(() => fail(new Error('connect timeout')), NODE_PROTOCOL_LIMITS.connectTimeoutMs);
      const aborted = (): void => fail(new Error('aborted'));
      signal?.addEventListener('abort', aborted, { once: true });
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        socket.off('error', fail);
        resolve(new NodeConnection(address, socket, decoded));
      });
      socket.once('close', () => clearTimeout(timer));
    });
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Response> {
    return new Promise<Response>((resolve, reject) => {
      const callId = this.#register(
        method as unknown as Method,
        timeoutMs,
        signal,
        undefined,
        resolve as (response: unknown) => void,
        reject,
      );
      if (callId) this.#writer.write(FrameKind.request, callId, method.number, method.request.encode(request).finish());
    });
  }

  stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    signal: AbortSignal,
  ): MessageQueue<Response> {
    const queue = new MessageQueue<Response>();
    const callId = this.#register(
      method as unknown as Method,
      0,
      signal,
      queue as MessageQueue<unknown>,
      () => queue.end(),
      (error) => queue.end(isExpectedEnd(error) ? undefined : error),
    );
    if (callId) this.#writer.write(FrameKind.request, callId, method.number, method.request.encode(request).finish());
    return queue;
  }

  close(): void {
    this.#break(undefined);
  }

  /** Returns the call's id, or 0 when it has failed already. */
  #register(
    method: Method,
    timeoutMs: number,
    signal: AbortSignal,
    stream: MessageQueue<unknown> | undefined,
    resolve: (response: unknown) => void,
    reject: (error: unknown) => void,
  ): number {
    if (this.#closed || signal.aborted) {
      reject(this.#closed ?? cancelled());
      return 0;
    }
    if (this.#calls.size >= NODE_PROTOCOL_LIMITS.pendingCallsMax) {
      reject(
        new BraidError(
          'tooManyRequests',
          `${this.#calls.size} calls wait for node ${this.#address}, limit ${NODE_PROTOCOL_LIMITS.pendingCallsMax}`,
        ),
      );
      return 0;
    }
    this.#lastCallId = (this.#lastCallId % 0xffff_fffe) + 1;
    const callId = this.#lastCallId;
    const abort = (): void => {
      if (!this.#calls.delete(callId)) return;
      this.#writer.write(FrameKind.cancel, callId, method.number);
      reject(cancelled());
    };
    signal.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', abort);
    const expiresAtMs = timeoutMs > 0 ? performance.now() + timeoutMs + NODE_PROTOCOL_LIMITS.deadlineGraceMs : Infinity;
    this.#calls.set(callId, {
      method,
      expiresAtMs,
      stream,
      resolve: (response) => {
        settled();
        resolve(response);
      },
      reject: (error) => {
        settled();
        reject(error);
      },
    });
    return callId;
  }

  #receive(frame: Frame): void {
    const call = this.#calls.get(frame.callId);
    if (!call) return;
    if (frame.kind === FrameKind.message) {
      call.stream?.push(call.method.response.decode(frame.payload));
      if ((call.stream?.length ?? 0) > NODE_PROTOCOL_LIMITS.streamBufferedMax) {
        this.#break(new Error(`${call.stream!.length} unread messages of ${call.method.name}`));
      }
      return;
    }
    this.#calls.delete(frame.callId);
    if (frame.kind === FrameKind.error) call.reject(decodeError(frame.payload));
    else call.resolve(frame.kind === FrameKind.response ? this.#decode(call.method, frame.payload) : undefined);
  }

  #decode({ name, response }: Method, payload: Uint8Array): unknown {
    if (!this.#decoded) return response.decode(payload);
    const startedMs = performance.now();
    const message = response.decode(payload);
    this.#decoded(name, performance.now() - startedMs);
    return message;
  }

  #expireCalls(): void {
    const now = performance.now();
    for (const [callId, call] of this.#calls) {
      if (call.expiresAtMs > now) continue;
      this.#calls.delete(callId);
      this.#writer.write(FrameKind.cancel, callId, call.method.number);
      call.reject(
        new BraidError(
          'deadlineExceeded',
          `node ${this.#address} did not answer ${call.method.name} before the deadline`,
        ),
      );
    }
  }

  #break(cause: Error | undefined): void {
    if (this.#closed) return;
    const why = cause ? `: ${cause.message}` : '';
    this.#closed = new BraidError('serviceUnavailable', `the connection to node ${this.#address} is gone${why}`, {
      cause,
    });
    clearInterval(this.#sweep);
    this.#socket.destroy();
    for (const call of this.#calls.values()) call.reject(this.#closed);
    this.#calls.clear();
  }
}

/** A stream that ends with its node or its caller ends quietly; what the node itself says is thrown. */
function isExpectedEnd(error: unknown): boolean {
  return error instanceof BraidError && (error.kind === 'serviceUnavailable' || error.kind === 'cancelled');
}

function cancelled(): BraidError {
  return new BraidError('cancelled', 'cancelled by the caller');
}
