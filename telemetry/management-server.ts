import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { BraidError, toBraidError } from '../core/errors.ts';
import { parseJson } from '../core/rows/parse-json.ts';
import { exposeMetrics } from './expose-metrics.ts';
import {
  answerSession,
  type ManagementCaller,
  type ManagementGuard,
  type ManagementRequest,
  refuseOtherOrigins,
  statusOfError,
} from './management-guard.ts';
import type { StaticSite } from './static-site.ts';

export interface ManagementOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Why this process should get no traffic now; empty when it is well. */
  readonly unhealthy: () => readonly string[];
  /** Path -> what to answer as JSON, given the query. */
  readonly pages: ReadonlyMap<string, (query: URLSearchParams) => unknown>;
  /** Path -> what a PUT with this body changes, and what to answer as JSON. A BraidError about the body becomes status 400. */
  readonly changes?: ReadonlyMap<string, (body: string) => unknown>;
  /** Path -> what to answer as JSON to a POST, given its JSON body; these change nothing. Errors become status 400. */
  readonly calls?: ReadonlyMap<string, ManagementCall>;
  /** The console. */
  readonly site?: StaticSite;
  /** Who may do what; undefined: everybody everything. */
  readonly guard?: ManagementGuard;
  /** Plain HTTP by default. */
  readonly createHttpServer?: (handler: RequestListener) => Server;
}

/** `caller` is undefined where there is no guard. */
export type ManagementCall = (body: unknown, caller: ManagementCaller | undefined) => unknown;

const SESSION_PATH = '/console/session';

const CHANGE_BYTES_MAX = 4_096;
const CALL_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The management port: `/livez` (the process runs), `/healthz` (it serves; 503 with the reasons otherwise), `/metrics` (Prometheus), the pages, and the console (`/console/`).
 * Read-only but for `changes`. With a guard, `/livez`, `/healthz`, the files of the console and, unless it says otherwise, `/metrics` are open; all else is not. On the loopback interface unless
 * configured otherwise.
 */
export class ManagementServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(options: ManagementOptions): Promise<ManagementServer> {
    const { createHttpServer = createServer } = options;
    const server = createHttpServer((request, response) => void answer(options, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const where = `${options.host}:${options.port}`;
        reject(
          new BraidError('serviceUnavailable', `the management port cannot listen on ${where}: ${error.message}`, {
            cause: error,
          }),
        );
      });
      server.listen(options.port, options.host, resolve);
    });
    return new ManagementServer(server);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(options: ManagementOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://management');
  try {
    const change = request.method === 'PUT' ? options.changes?.get(path) : undefined;
    if (change) return await answerChange(change, options, request, response);
    const asked = request.method === 'POST' ? options.calls?.get(path) : undefined;
    if (asked) return await answerCall(asked, options, request, response);
    if (path === SESSION_PATH) return await answerSessionOf(options.guard, request, response);
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'only GET is answered here\n');
    if (path === '/livez') return send(response, 200, 'text/plain', 'OK\n');
    if (path === '/healthz') return sendHealth(response, options.unhealthy());
    if (path === '/metrics') {
      if (options.guard?.guardsMetrics) await options.guard.admit(request, 'page');
      const { contentType, text } = await exposeMetrics(options.registry, request.headers.accept ?? '');
      return send(response, 200, contentType, text);
    }
    const page = options.pages.get(path);
    if (page) {
      await options.guard?.admit(request, 'page');
      return send(response, 200, 'application/json', toJson(await page(searchParams)));
    }
    if (await options.site?.serve(path, response)) return;
    const known = ['/livez', '/healthz', '/metrics', ...options.pages.keys()].join(', ');
    send(response, 404, 'text/plain', `${path} is not here, try ${known}\n`);
  } catch (error) {
    const status = statusOfError(error, 500);
    if (status === 500) send(response, 500, 'text/plain', `${(error as Error).message}\n`);
    else sendError(response, status, error);
  }
}

/** Undefined where there is no guard. */
async function admit(
  { guard }: ManagementOptions,
  request: IncomingMessage,
  wanted: ManagementRequest,
): Promise<ManagementCaller | undefined> {
  if (!guard) return undefined;
  refuseOtherOrigins(request.headers);
  return guard.admit(request, wanted);
}

async function answerSessionOf(
  guard: ManagementGuard | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!['GET', 'POST', 'DELETE'].includes(request.method ?? '')) {
    return send(response, 405, 'text/plain', 'GET, POST and DELETE are answered here\n');
  }
  try {
    const readBody = async () => parseJson(await bodyOf(request, CHANGE_BYTES_MAX));
    send(response, 200, 'application/json', toJson(await answerSession(guard, request, readBody, response)));
  } catch (error) {
    sendError(response, statusOfError(error, 400), error);
  }
}

function sendError(response: ServerResponse, status: number, error: unknown): void {
  const { code, message } = toBraidError(error);
  // Not `Basic`: browsers would ask with a window of their own.
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="braid"');
  send(response, status, 'application/json', toJson({ code, message }));
}

async function answerChange(
  change: (body: string) => unknown,
  options: ManagementOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await admit(options, request, 'change');
  try {
    send(response, 200, 'application/json', toJson(change(await bodyOf(request, CHANGE_BYTES_MAX))));
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    send(response, 400, 'application/json', toJson({ error: error.message }));
  }
}

/** Only what says that it is JSON: a page of another site cannot send that unasked. */
async function answerCall(
  call: ManagementCall,
  options: ManagementOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!request.headers['content-type']?.startsWith('application/json')) {
      throw new BraidError('parameterInvalid', 'the body must be application/json');
    }
    const caller = await admit(options, request, 'call');
    const body = parseJson(await bodyOf(request, CALL_BYTES_MAX));
    send(response, 200, 'application/json', toJson(await call(body, caller)));
  } catch (error) {
    sendError(response, statusOfError(error, 400), error);
  }
}

async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<string> {
  const pieces: Buffer[] = [];
  let byteLength = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    byteLength += piece.length;
    if (byteLength > bytesMax) throw new BraidError('parameterTooLarge', `the body is larger than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function sendHealth(response: ServerResponse, reasons: readonly string[]): void {
  if (reasons.length === 0) send(response, 200, 'text/plain', 'OK');
  else send(response, 503, 'text/plain', `${reasons.join('\n')}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Timestamps are too large for numbers: they become text. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? item.toString() : item), 2);
}
