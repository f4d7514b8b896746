import type { PluginLogger } from '../../../plugins/plugin.ts';
import type { CallReport } from '../../../router/api/call-report.ts';
import { openPublicServer, type PublicServer, type PublicServerOptions } from '../../../router/api/public-server.ts';
import { type FakeOperations, fakeOperations } from './fake-operations.ts';

export interface ApiFixture extends AsyncDisposable {
  readonly server: PublicServer;
  readonly fake: FakeOperations;
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly reports: CallReport[];
  readonly logged: { level: string; fields: object; message: string }[];
  /** POST to the REST API. A body that is no text is sent as JSON. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: RestBody }>;
}

export interface RestBody {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
  readonly topks?: number[];
}

/** A public server on a free port, over operations that only remember. */
export async function openApi(
  behaviours: Parameters<typeof fakeOperations>[0] = {},
  options: Partial<PublicServerOptions> = {},
): Promise<ApiFixture> {
  const fake = fakeOperations(behaviours);
  const reports: CallReport[] = [];
  const logged: ApiFixture['logged'] = [];
  const server = await openPublicServer({
    operations: fake.operations,
    host: '127.0.0.1',
    port: 0,
    info: { version: 'v2.6.17', buildTime: '', gitCommit: '', deployMode: 'STANDALONE' },
    logger: recordingLogger(logged),
    observer: { callStarted: () => {}, callEnded: (report) => reports.push(report) },
    ...options,
  });
  const address = `127.0.0.1:${server.port}`;
  return {
    server,
    fake,
    address,
    reports,
    logged,
    post: async (path, body = {}, headers = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(`http://${address}/v2/vectordb/${path}`, { method: 'POST', body: text, headers });
      return { status: response.status, body: (await response.json()) as RestBody };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function recordingLogger(logged: ApiFixture['logged']): PluginLogger {
  const log = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields, message });
  };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
