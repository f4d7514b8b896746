import type { AddressInfo, Server, Socket } from 'node:net';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { Operations } from '../operations/operations.ts';
import type { AccessGate } from './access/access-gate.ts';
import { type CallObserver, silentObserver } from './call-report.ts';
import { CallRunner } from './call-runner.ts';
import { createGrpcServer, type GrpcServer } from './grpc/grpc-server.ts';
import { createMilvusService } from './grpc/milvus-service.ts';
import { API_LIMITS, type ApiLimits } from './limits.ts';
import { type CreateSocketServer, createProtocolSwitch } from './protocol-switch.ts';
import { createRestServer } from './rest/rest-server.ts';
import type { ServerInfo } from './server-info.ts';

export interface PublicServerOptions {
  readonly operations: Operations;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly info: ServerInfo;
  readonly logger: PluginLogger;
  /** For the access log and the metrics. */
  readonly observer?: CallObserver;
  readonly tracer?: Tracer;
  /** Undefined: everybody may do everything. */
  readonly gate?: AccessGate;
  /** Plain TCP by default. */
  readonly createSocketServer?: CreateSocketServer;
  readonly clock?: Clock;
  readonly limits?: Partial<ApiLimits>;
}

export interface PublicServer extends AsyncDisposable {
  readonly port: number;
  /** Takes no more connections, lets calls under way finish for `limits.closeMs`, cuts off the rest. Also when called twice. */
  close(): Promise<void>;
}

/** Opens the port that clients talk to: gRPC (cleartext HTTP/2) and REST (HTTP/1.1) both. Rejects when the port cannot be had. */
export async function openPublicServer(options: PublicServerOptions): Promise<PublicServer> {
  const { operations, info, logger, observer = silentObserver, tracer, gate, clock = systemClock } = options;
  const limits: ApiLimits = { ...API_LIMITS, ...options.limits };
  const runner = new CallRunner({ clock, logger, observer, tracer, limits, gate });
  const sent = observer.answerSent && { answerSent: observer.answerSent };
  const grpc = createGrpcServer(
    createMilvusService({ operations, runner, info, clock, limits, ...sent }),
    limits,
    logger,
  );
  const rest = await createRestServer({ operations, runner, limits, version: info.version, ...sent });
  const protocols = {
    http2: grpc.accept,
    http1: (socket: Socket) => {
      rest.server.emit('connection', socket);
    },
  };
  const switchServer = createProtocolSwitch(protocols, limits, options.createSocketServer);
  const server = new OpenServer(switchServer, grpc, rest, limits);
  await listen(switchServer, options.host, options.port);
  switchServer.on('error', (error) => logger.error({ error: error.message }, 'the public port failed'));
  return server;
}

class OpenServer implements PublicServer {
  readonly #switch: Server;
  readonly #grpc: GrpcServer;
  readonly #rest: FastifyInstance;
  readonly #limits: ApiLimits;
  readonly #sockets = new Set<Socket>();
  #closing: Promise<void> | undefined;

  constructor(switchServer: Server, grpc: GrpcServer, rest: FastifyInstance, limits: ApiLimits) {
    this.#switch = switchServer;
    this.#grpc = grpc;
    this.#rest = rest;
    this.#limits = limits;
    switchServer.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.#switch.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#switch.close(() => resolve());
    });
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, this.#limits.closeMs);
    await Promise.all([this.#grpc.close(), this.#closeRest()]);
    await closed;
    clearTimeout(timer);
  }

  /** Fastify closes only what listens. From now on it answers new requests on open connections with 503. */
  async #closeRest(): Promise<void> {
    await this.#rest.close();
    this.#rest.server.close();
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
