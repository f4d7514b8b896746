import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import type { ApiLimits } from '../limits.ts';
import { earlyAnswer } from './early-answer.ts';
import type { MilvusService } from './milvus-service.ts';

export interface GrpcServer {
  /** Takes over a connection whose HTTP/2 preface is still to be read. */
  accept(socket: Socket): void;
  /** Clients are told to go (GOAWAY), calls under way may finish. Resolves when the last connection is gone: whoever gave them may cut them off. */
  close(): Promise<void>;
}

/** The Milvus service and `grpc.health.v1`, without a port of its own. */
export function createGrpcServer(service: MilvusService, limits: ApiLimits, logger: PluginLogger): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': limits.requestBytesMax,
    'grpc.max_send_message_length': limits.responseBytesMax,
    'grpc.max_concurrent_streams': limits.streamsPerConnectionMax,
    'grpc.keepalive_time_ms': limits.pingMs,
    'grpc.keepalive_timeout_ms': limits.pingAnswerMs,
    'grpc.enable_channelz': 0,
    interceptors: [earlyAnswer],
  });
  server.addService(service.definition, service.implementation);
  const health = new HealthImplementation({ '': 'SERVING', 'milvus.proto.milvus.MilvusService': 'SERVING' });
  health.addToServer(server);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  widenWindows(server, limits, logger);
  return {
    accept: (socket) => injector.injectConnection(socket),
    close: () => {
      health.setStatus('', 'NOT_SERVING');
      return new Promise((resolve) => server.tryShutdown(() => resolve()));
    },
  };
}

/**
 * The receive windows of connections and calls are 64 KiB unless someone asks for more, and grpc-js does not: its option is for clients. We reach them
 * through the HTTP/2 server inside of grpc-js, a private member (`http2Servers`, grpc-js 1.14). Should it go, we lose speed and say so.
 */
function widenWindows(server: Server, limits: ApiLimits, logger: PluginLogger): void {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    logger.warn({}, 'the HTTP/2 server inside of grpc-js was not found: connections keep small windows and are slower');
    return;
  }
  for (const http2Server of http2Servers.keys() as Iterable<Http2Server>) {
    http2Server.updateSettings({ initialWindowSize: limits.callWindowBytes });
    http2Server.on('session', (session: ServerHttp2Session) => {
      if (!session.destroyed) session.setLocalWindowSize(limits.connectionWindowBytes);
    });
  }
}
