import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

/** Where install-consul.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/consul-v1.20.6/consul');
const START_TIMEOUT_MS = 60_000;

/** Why no agent can be started here; undefined if one can. */
export function missingConsul(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-consul.sh builds it)`;
}

export interface ConsulAgentOptions {
  /** With certificates its API speaks TLS and wants a client certificate of the same authority. */
  readonly certificates?: Certificates;
  /** With access control nobody but the holder of this token (a UUID) may do anything. */
  readonly managementToken?: string;
}

/** A Consul agent that is a server, too (`agent -dev`): it keeps everything in memory. On free ports of 127.0.0.1. */
export class ConsulAgent implements AsyncDisposable {
  readonly port: number;
  readonly #ports: readonly number[];
  readonly #options: ConsulAgentOptions;
  readonly #process = new ServerProcess('Consul');

  private constructor(ports: readonly number[], options: ConsulAgentOptions) {
    this.port = ports[0]!;
    this.#ports = ports;
    this.#options = options;
  }

  static async start(options: ConsulAgentOptions = {}): Promise<ConsulAgent> {
    const ports: number[] = [];
    while (ports.length < 5) ports.push(await freePort());
    const agent = new ConsulAgent(ports, options);
    await agent.startAgain();
    return agent;
  }

  /** host:port of the API. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** After `kill`: on the same ports, empty. */
  async startAgain(): Promise<void> {
    const { certificates, managementToken } = this.#options;
    const [api, dns, server, lan, wan] = this.#ports;
    const ports = { http: -1, https: -1, grpc: -1, grpc_tls: -1, dns, server, serf_lan: lan, serf_wan: wan };
    const settings = {
      ports: { ...ports, [certificates ? 'https' : 'http']: api },
      ...(certificates && {
        tls: {
          https: {
            ca_file: certificates.caFile,
            cert_file: certificates.certFile,
            key_file: certificates.keyFile,
            verify_incoming: true,
          },
        },
      }),
      ...(managementToken !== undefined && {
        acl: {
          enabled: true,
          default_policy: 'deny',
          // The agent itself needs a token to tell the catalog of what it knows.
          tokens: { initial_management: managementToken, agent: managementToken },
        },
      }),
    };
    const fixed = ['agent', '-dev', '-bind=127.0.0.1', '-client=127.0.0.1', '-log-level=error'];
    await this.#process.start(PROGRAM, [...fixed, `-hcl=${JSON.stringify(settings)}`], {
      isReady: () => this.#hasLeader(),
      timeoutMs: START_TIMEOUT_MS,
    });
  }

  /** A request to its API with the management token; the body of the answer, parsed where it is JSON. */
  async request(method: string, path: string, body?: object): Promise<unknown> {
    const { certificates: tls, managementToken } = this.#options;
    const url = `${tls ? 'https' : 'http'}://127.0.0.1:${this.port}/v1${path}`;
    const { stdout } = await promisify(execFile)('/usr/bin/curl', [
      ...['-sf', '--max-time', '5', '-X', method],
      ...(tls ? ['--insecure', '--cert', tls.certFile, '--key', tls.keyFile] : []),
      ...(managementToken === undefined ? [] : ['-H', `X-Consul-Token: ${managementToken}`]),
      ...(body === undefined ? [] : ['-d', JSON.stringify(body)]),
      url,
    ]);
    return stdout === '' ? undefined : JSON.parse(stdout);
  }

  /** A token that may do what this policy allows. */
  async createToken(rules: string): Promise<string> {
    const name = `policy-${performance.now()}`.replace('.', '-');
    await this.request('PUT', '/acl/policy', { Name: name, Rules: rules });
    const token = (await this.request('PUT', '/acl/token', { Policies: [{ Name: name }] })) as { SecretID: string };
    return token.SecretID;
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** Also that its own node is in the catalog: before, services are not seen as healthy. */
  async #hasLeader(): Promise<boolean> {
    return this.request('GET', '/health/service/consul?passing').then(
      (services) => Array.isArray(services) && services.length > 0,
      () => false,
    );
  }
}
