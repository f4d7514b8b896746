import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Certificates, createCertificates, missingOpenssl } from './certificates.ts';
import { Etcd, missingEtcd } from './etcd.ts';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

/** Where install-kube-apiserver.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/kube-apiserver-v1.31.0/kube-apiserver');
const START_TIMEOUT_MS = 120_000;
const ADMIN_TOKEN = 'admin-token';

/** Why no API server can be started here; undefined if one can. */
export function missingKubeApiserver(): string | undefined {
  if (!existsSync(PROGRAM)) return `${PROGRAM} not found (bash test/servers/install-kube-apiserver.sh builds it)`;
  return missingEtcd() ?? missingOpenssl();
}

/** An API server with RBAC over an etcd of its own, on free ports of 127.0.0.1. Nothing else of Kubernetes runs: what controllers would write, tests write. */
export class KubeApiserver implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #etcd: Etcd;
  readonly #certificates: Certificates;
  /** Token -> user, id and groups, as in a file of tokens. */
  readonly #users = new Map<string, string>([[ADMIN_TOKEN, 'admin,admin,"system:masters"']]);
  readonly #process = new ServerProcess('kube-apiserver');

  private constructor(folder: string, port: number, etcd: Etcd, certificates: Certificates) {
    this.#folder = folder;
    this.port = port;
    this.#etcd = etcd;
    this.#certificates = certificates;
  }

  /** `users`: name, id and groups by token. */
  static async start(users: Readonly<Record<string, string>> = {}): Promise<KubeApiserver> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-kubernetes-'));
    const certificates = await createCertificates(folder, 'apiserver', 'IP:127.0.0.1');
    const server = new KubeApiserver(folder, await freePort(), await Etcd.start(), certificates);
    for (const [token, user] of Object.entries(users)) server.#users.set(token, user);
    await server.#startProcess();
    return server;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get caFile(): string {
    return this.#certificates.caFile;
  }

  /** SIGKILL of the API server, and of its etcd. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
    await this.#etcd.kill();
  }

  async startAgain({ empty = false } = {}): Promise<void> {
    if (empty) await this.#etcd.forgetAll();
    await this.#etcd.startAgain();
    await this.#startProcess();
  }

  /** Only the API server: what it remembers of changes is gone. */
  async restart(): Promise<void> {
    await this.#process.end('SIGKILL');
    await this.#startProcess();
  }

  /** Takes effect with the next start. */
  exchangeToken(before: string, after: string): void {
    this.#users.set(after, this.#users.get(before)!);
    this.#users.delete(before);
  }

  /** One call as the administrator. Throws with the server's words when it is refused. */
  async call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
    const sent = request(`${this.url}${path}`, {
      method,
      ca: await readFile(this.caFile),
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      agent: false,
    });
    sent.end(body && JSON.stringify(body));
    const [answer] = await once(sent, 'response');
    const received = await text(answer);
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${received}`);
    return received.startsWith('{') ? JSON.parse(received) : (received as Answer);
  }

  /** Writes a kubeconfig for this token and namespace; resolves to its path. */
  async writeKubeconfig(name: string, token: string, namespace: string): Promise<string> {
    const path = join(this.#folder, `${name}.json`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: this.url, 'certificate-authority': this.caFile } }],
      users: [{ name: 'user', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'user', namespace } }],
      'current-context': 'test',
    };
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGKILL');
    await this.#etcd[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startProcess(): Promise<void> {
    const tokens = join(this.#folder, 'tokens.csv');
    await writeFile(tokens, Array.from(this.#users, ([token, user]) => `${token},${user}\n`).join(''));
    const { certFile, keyFile } = this.#certificates;
    await this.#process.start(
      PROGRAM,
      [
        ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${this.port}`],
        ...[`--etcd-servers=http://${this.#etcd.endpoint}`, `--cert-dir=${join(this.#folder, 'certs')}`],
        ...[`--tls-cert-file=${certFile}`, `--tls-private-key-file=${keyFile}`, `--token-auth-file=${tokens}`],
        ...['--service-account-issuer=https://kubernetes.test', '--api-audiences=https://kubernetes.test'],
        ...[`--service-account-key-file=${certFile}`, `--service-account-signing-key-file=${keyFile}`],
        ...['--authorization-mode=RBAC', '--service-cluster-ip-range=10.0.0.0/24', '--endpoint-reconciler-type=none'],
        // Watches end after 2 to 4 s: clients must go on where they were.
        '--min-request-timeout=2',
        '--enable-priority-and-fairness=false',
      ],
      { isReady: () => this.#isReady(), timeoutMs: START_TIMEOUT_MS },
    );
  }

  async #isReady(): Promise<boolean> {
    return (await this.call('GET', '/readyz')) === 'ok';
  }
}
