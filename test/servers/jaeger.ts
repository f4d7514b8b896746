import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

/** Where install-jaeger.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/jaeger-v1.62.0/all-in-one');
const START_TIMEOUT_MS = 20_000;

/** Why no Jaeger can be started here; undefined if one can. */
export function missingJaeger(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-jaeger.sh builds it)`;
}

export interface JaegerSpan {
  readonly spanID: string;
  /** Key of the trace's `processes`. */
  readonly processID: string;
  /** Microseconds since the epoch; microseconds. */
  readonly startTime: number;
  readonly duration: number;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** Jaeger's all-in-one with its memory storage, on free ports of 127.0.0.1. */
export class Jaeger implements AsyncDisposable {
  readonly otlpGrpc: string;
  readonly otlpHttp: string;
  readonly thrift: string;
  /** Of its query API. */
  readonly queryAddress: string;
  readonly #process = new ServerProcess('Jaeger');

  private constructor(ports: readonly number[]) {
    this.otlpGrpc = `http://127.0.0.1:${ports[0]}`;
    this.otlpHttp = `http://127.0.0.1:${ports[1]}/v1/traces`;
    this.thrift = `http://127.0.0.1:${ports[2]}/api/traces`;
    this.queryAddress = `http://127.0.0.1:${ports[3]}`;
  }

  static async start(): Promise<Jaeger> {
    const ports: number[] = [];
    while (ports.length < 11) ports.push(await freePort());
    const listen = [
      '--collector.otlp.grpc.host-port',
      '--collector.otlp.http.host-port',
      '--collector.http-server.host-port',
      '--query.http-server.host-port',
      '--query.grpc-server.host-port',
      '--admin.http.host-port',
      '--collector.grpc-server.host-port',
      '--http-server.host-port',
      '--processor.jaeger-binary.server-host-port',
      '--processor.jaeger-compact.server-host-port',
      '--processor.zipkin-compact.server-host-port',
    ].map((flag, i) => `${flag}=127.0.0.1:${ports[i]}`);
    const jaeger = new Jaeger(ports);
    await jaeger.#process.start(PROGRAM, [...listen, '--log-level=error'], {
      isReady: async () => (await fetch(`${jaeger.queryAddress}/api/services`)).ok,
      timeoutMs: START_TIMEOUT_MS,
      environment: { SPAN_STORAGE_TYPE: 'memory' },
    });
    return jaeger;
  }

  /** Traces of a service that have a span of this name; the newest first. */
  async traces(service: string, operation: string): Promise<readonly JaegerTrace[]> {
    const query = new URLSearchParams({ service, operation, limit: '20' });
    const answer = await fetch(`${this.queryAddress}/api/traces?${query}`);
    return ((await answer.json()) as { data: readonly JaegerTrace[] }).data;
  }

  /** Undefined: nothing of it has arrived. */
  async trace(traceId: string): Promise<JaegerTrace | undefined> {
    const answer = await fetch(`${this.queryAddress}/api/traces/${traceId}`);
    return answer.ok ? ((await answer.json()) as { data: readonly JaegerTrace[] }).data[0] : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM');
  }
}
