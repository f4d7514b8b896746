import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { BraidError, type ErrorName } from '../../../core/errors.ts';
import { isRecord } from '../../../core/rows/is-record.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import type { Operations } from '../../operations/operations.ts';
import type { RequestContext } from '../../operations/request-context.ts';
import { rightOfPath } from '../access/call-rights.ts';
import type { CallObserver } from '../call-report.ts';
import type { CallHead, CallRunner } from '../call-runner.ts';
import type { ApiLimits } from '../limits.ts';
import type { Endpoint, RestAnswer } from './endpoint.ts';
import { aliasEndpoints } from './endpoints/aliases.ts';
import { collectionEndpoints } from './endpoints/collections.ts';
import { databaseEndpoints } from './endpoints/databases.ts';
import { entityEndpoints } from './endpoints/entities.ts';
import { importEndpoints } from './endpoints/imports.ts';
import { indexEndpoints } from './endpoints/indexes.ts';
import { partitionEndpoints } from './endpoints/partitions.ts';
import { privilegeGroupEndpoints } from './endpoints/privilege-groups.ts';
import { resourceGroupEndpoints } from './endpoints/resource-groups.ts';
import { roleEndpoints } from './endpoints/roles.ts';
import { schemaChangeEndpoints } from './endpoints/schema-changes.ts';
import { segmentEndpoints } from './endpoints/segments.ts';
import { textEndpoints } from './endpoints/texts.ts';
import { userEndpoints } from './endpoints/users.ts';
import { openapiDocument } from './openapi/openapi-document.ts';
import { serveOpenapi } from './openapi/serve-openapi.ts';
import { UNSUPPORTED_PATHS } from './unsupported-paths.ts';

export interface RestServerOptions {
  readonly operations: Operations;
  readonly runner: CallRunner;
  readonly limits: ApiLimits;
  /** Of the API, as the OpenAPI page shows it. */
  readonly version: string;
  readonly answerSent?: CallObserver['answerSent'];
}

/** Milvus says no more to HTTP (merr.ErrNeedAuthenticate). */
const NOT_SIGNED_IN = "user hasn't authenticated";
/** Of errors of the application that are errors of HTTP, too. */
const HTTP_STATUS: { readonly [Kind in ErrorName]?: number } = {
  unauthenticated: 401,
  permissionDenied: 403,
  deadlineExceeded: 408,
};
const BASE = '/v2/vectordb/';
/** Every path that does something. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...databaseEndpoints,
  ...collectionEndpoints,
  ...schemaChangeEndpoints,
  ...partitionEndpoints,
  ...aliasEndpoints,
  ...indexEndpoints,
  ...importEndpoints,
  ...segmentEndpoints,
  ...entityEndpoints,
  ...resourceGroupEndpoints,
  ...textEndpoints,
  ...userEndpoints,
  ...roleEndpoints,
  ...privilegeGroupEndpoints,
];

/**
 * Milvus' REST API, version 2. It listens nowhere: connections are given to it as `server.emit('connection', socket)`. Errors of the application are
 * HTTP 200 with a code and a message, as Milvus has it; only unknown paths (404), bodies that are too large (413), time-outs (408) and who is not let in (401, 403) are errors of HTTP.
 */
export async function createRestServer(options: RestServerOptions): Promise<FastifyInstance> {
  const { limits, version } = options;
  const app = Fastify({
    bodyLimit: limits.requestBytesMax,
    serverFactory: (handler) => httpServer(handler, limits),
    forceCloseConnections: 'idle',
  });
  takeAnyContentType(app);
  for (const endpoint of ENDPOINTS)
    app.post(BASE + endpoint.path, (request, reply) => serve(endpoint, request, reply, options));
  for (const path of UNSUPPORTED_PATHS) {
    app.post(BASE + path, (request, reply) => serve(refusalOf(path), request, reply, options));
  }
  app.setNotFoundHandler((request, reply) =>
    send(reply, 404, failureText(404, `${request.method} ${request.url}: there is no such path`)),
  );
  app.setErrorHandler((error: FastifyError, _request, reply) => sendTransportError(reply, error, limits));
  closeConnectionsAfterClosing(app);
  // Last: routes take the handlers that are set before the first plugin is awaited.
  await serveOpenapi(app, openapiDocument(ENDPOINTS, BASE, version));
  await app.ready();
  return app;
}

/** A server that does not listen does not look after its connections by itself either: `listening` starts that. */
function httpServer(handler: (request: IncomingMessage, response: ServerResponse) => void, limits: ApiLimits): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.bodyMs,
      keepAliveTimeout: limits.idleConnectionMs,
    },
    handler,
  );
  server.emit('listening');
  return server;
}

/** The SDK sends JSON as text/plain, others send worse: every body is read as bytes, whatever it says it is, and as JSON later. */
function takeAnyContentType(app: FastifyInstance): void {
  const bytes = 'application/octet-stream';
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(bytes, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, _reply, done) => {
    request.raw.headers['content-type'] = bytes;
    done();
  });
}

/** Calls under way while the server closes are the last on their connections. */
function closeConnectionsAfterClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done();
  });
}

async function serve(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  { operations, runner, limits, answerSent }: RestServerOptions,
): Promise<FastifyReply> {
  let body: unknown;
  let unreadable: unknown;
  try {
    body = bodyOf(request);
  } catch (error) {
    unreadable = error;
  }
  const onGone = (abort: () => void): void => {
    reply.raw.once('close', abort);
  };
  const int64 = headerOf(request, 'accept-type-allow-int64') === 'false' ? 'text' : 'number';
  const work = (context: RequestContext): Promise<RestAnswer> => {
    if (unreadable !== undefined) throw unreadable;
    return endpoint.serve(body, { operations, context, int64, limits });
  };
  const byteLength = (value: RestAnswer): number => Buffer.byteLength(successText(value));
  const outcome = await runner.run(headOf(request, endpoint, body, limits), onGone, work, byteLength);
  if (!outcome.ok && outcome.error.kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  const bytes = Buffer.from(outcome.ok ? successText(outcome.value) : failureOf(outcome.error));
  answerSent?.('rest', endpoint.path, bytes.length);
  return send(reply, outcome.ok ? 200 : (HTTP_STATUS[outcome.error.kind] ?? 200), bytes);
}

function bodyOf(request: FastifyRequest): unknown {
  const bytes = request.body as Buffer | undefined;
  return bytes === undefined || bytes.length === 0 ? {} : parseJson(bytes.toString('utf8'));
}

function headOf(request: FastifyRequest, endpoint: Endpoint, body: unknown, limits: ApiLimits): CallHead {
  const timeoutS = Number(headerOf(request, 'request-timeout'));
  const database = isRecord(body) && typeof body['dbName'] === 'string' ? body['dbName'] : '';
  return {
    api: 'rest',
    method: endpoint.path,
    spanName: `POST ${BASE}${endpoint.path}`,
    database: database || headerOf(request, 'db-name'),
    requestId: headerOf(request, 'request-id'),
    client: '',
    clientSentMs: undefined,
    timeoutMs: timeoutS > 0 ? timeoutS * 1000 : endpoint.isMaintenance ? limits.maintenanceCallMs : limits.callMs,
    traceparent: headerOf(request, 'traceparent') || undefined,
    tracestate: headerOf(request, 'tracestate') || undefined,
    peer: `${request.raw.socket.remoteAddress}:${request.raw.socket.remotePort}`,
    userAgent: headerOf(request, 'user-agent'),
    request: body,
    right: rightOfPath(endpoint.path),
    authorization: headerOf(request, 'authorization'),
    requestBytes: (request.body as Buffer | undefined)?.length ?? 0,
  };
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.at(-1) : value) ?? '';
}

function refusalOf(path: string): Endpoint {
  return {
    path,
    isMaintenance: false,
    serve: async () => {
      throw new BraidError('notSupported', `${BASE}${path} is not supported by this server`);
    },
  };
}

function successText({ json, beside = {} }: RestAnswer): string {
  const besides = Object.entries(beside).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{"code":0,"data":${json}${besides.join('')}}`;
}

function failureOf({ kind, code, message }: BraidError): string {
  return failureText(code, kind === 'unauthenticated' ? NOT_SIGNED_IN : message);
}

function failureText(code: number, message: string): string {
  return JSON.stringify({ code, message });
}

/** What fastify refuses before a handler sees it. */
function sendTransportError(reply: FastifyReply, error: FastifyError, limits: ApiLimits): FastifyReply {
  if (error.statusCode === 413) {
    const message = `the request is larger than ${limits.requestBytesMax} bytes`;
    return send(reply, 413, failureText(new BraidError('parameterTooLarge', message).code, message));
  }
  return send(reply, error.statusCode ?? 500, failureText(new BraidError('restBadJson', '').code, error.message));
}

function send(reply: FastifyReply, status: number, text: string | Buffer): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text);
}
