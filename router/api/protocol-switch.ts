import { createServer, type Server, type Socket } from 'node:net';
import type { ApiLimits } from './limits.ts';

export interface Protocols {
  /** Given sockets that start with HTTP/2's preface. */
  readonly http2: (socket: Socket) => void;
  /** Given all others. */
  readonly http1: (socket: Socket) => void;
}

/** A server that does not listen yet; what it gives may come out of TLS. */
export type CreateSocketServer = (onSocket: (socket: Socket) => void) => Server;

/** How HTTP/2 starts when it is not negotiated (RFC 9113, 3.4): `PRI * HTTP/2.0`. No method of HTTP/1 begins so. */
const PREFACE = Buffer.from('PRI', 'latin1');

/**
 * A TCP server for two protocols: it looks at the first bytes of a connection, puts them back and hands the socket over. A connection that does not say what it
 * speaks in time is closed.
 */
export function createProtocolSwitch(
  protocols: Protocols,
  limits: ApiLimits,
  createSocketServer: CreateSocketServer = (onSocket) => createServer({ noDelay: true }, onSocket),
): Server {
  const server = createSocketServer((socket) => sortOut(socket, protocols, limits.firstBytesMs));
  server.maxConnections = limits.connectionsMax;
  return server;
}

function sortOut(socket: Socket, protocols: Protocols, firstBytesMs: number): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), firstBytesMs);
  const giveUp = (): void => {
    clearTimeout(timer);
    socket.destroy();
  };
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const known = Math.min(seen.length, PREFACE.length);
    const mayBeHttp2 = seen.compare(PREFACE, 0, known, 0, known) === 0;
    if (mayBeHttp2 && seen.length < PREFACE.length) return;
    clearTimeout(timer);
    socket.off('data', onData).off('error', giveUp).off('end', giveUp);
    socket.pause();
    socket.unshift(seen);
    if (mayBeHttp2) {
      protocols.http2(socket);
    } else {
      protocols.http1(socket);
      // What was put back flows to the parser only now; HTTP/2 fetches it by itself.
      socket.resume();
    }
  };
  socket.on('data', onData).on('error', giveUp).on('end', giveUp);
}
