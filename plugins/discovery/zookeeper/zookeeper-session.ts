import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ACL, Client, Exception, Stat } from 'node-zookeeper-client';
import { BraidError } from '../../../core/errors.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import { createHardenedClient, type HardenedClient, type ZooKeeperLibrary } from './hardened-client.ts';

export interface SessionOptions {
  readonly library: ZooKeeperLibrary;
  /** host:port, with commas between them. */
  readonly servers: string;
  readonly timeoutMs: number;
  /** `user:password` of the digest scheme. */
  readonly credentials: string | undefined;
}

type Callback<Result> = (error: Error | Exception | null, result: Result) => void;

/**
 * One session with the servers. It outlives broken connections: the library connects again, to any of the servers, and sets its watches again. It ends when
 * the servers say that it expired, refuse the credentials, or when it is disposed; then every call fails.
 */
export class ZooKeeperSession implements AsyncDisposable {
  /** Resolves with the reason when the session has ended. */
  readonly ended: Promise<BraidError>;
  readonly #options: SessionOptions;
  readonly #hardened: HardenedClient;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #end: (reason: BraidError) => void;
  #endReason: BraidError | undefined;
  #connected = Promise.withResolvers<void>();
  #lastAnswerMs = performance.now();

  private constructor(options: SessionOptions) {
    const { library, servers, timeoutMs, credentials } = options;
    const { promise, resolve } = Promise.withResolvers<BraidError>();
    this.#options = options;
    this.ended = promise;
    this.#end = resolve;
    this.#hardened = createHardenedClient(library, servers, timeoutMs);
    const { client } = this.#hardened;
    // One listener for every announcement and for the list.
    client.setMaxListeners(0);
    if (credentials !== undefined) client.addAuthInfo('digest', Buffer.from(credentials));
    client.on('connected', () => this.#connected.resolve());
    client.on('disconnected', () => {
      this.#connected = Promise.withResolvers();
    });
    client.on('expired', () => this.#endBecause(new BraidError('serviceUnavailable', 'the session expired')));
    client.on('authenticationFailed', () => this.#endBecause(refused('the credentials')));
    this.#heartbeat = setInterval(() => this.#beat(), timeoutMs / 3).unref();
  }

  /** Begins to connect, and does not wait for it. */
  static open(options: SessionOptions): ZooKeeperSession {
    const session = new ZooKeeperSession(options);
    session.#hardened.client.connect();
    return session;
  }

  get isOver(): boolean {
    return this.#endReason !== undefined;
  }

  /** `listener` is called whenever a connection stands anew, until the returned function is called. */
  onConnected(listener: () => void): () => void {
    const { client } = this.#hardened;
    client.on('connected', listener);
    return () => client.off('connected', listener);
  }

  /** Names of the children; undefined when there is no such node. `changed` is called once, when they change. */
  children(path: string, changed: () => void): Promise<readonly string[] | undefined> {
    return this.#unlessMissing((client, done) => client.getChildren(path, changed, done));
  }

  /** Empty when the node has no data; undefined when there is no such node. `changed` is called once, when it changes. */
  data(path: string, changed: () => void): Promise<Buffer | undefined> {
    return this.#unlessMissing((client, done) =>
      client.getData(path, changed, (error, data) => done(error, data ?? Buffer.alloc(0))),
    );
  }

  /** `changed` is called once: when the node comes, goes or changes. */
  async exists(path: string, changed: () => void): Promise<Stat | undefined> {
    return (await this.#call<Stat | null>((client, done) => client.exists(path, changed, done))) ?? undefined;
  }

  /** Creates a node that goes with this session. Resolves to false when there is one already. */
  async createEphemeral(path: string, data: Buffer): Promise<boolean> {
    const { CreateMode, Exception } = this.#options.library;
    try {
      await this.#call<string>((client, done) => client.create(path, data, this.#acl(), CreateMode.EPHEMERAL, done));
      return true;
    } catch (error) {
      if (codeOf(error) === Exception.NODE_EXISTS) return false;
      throw error;
    }
  }

  /** Puts an ephemeral node of this session in the place of another's, in one step. */
  async replaceByEphemeral(path: string, data: Buffer): Promise<void> {
    const { CreateMode } = this.#options.library;
    await this.#call((client, done) => {
      client.transaction().remove(path).create(path, data, this.#acl(), CreateMode.EPHEMERAL).commit(done);
    });
  }

  /** A node that is not there is removed already. */
  async remove(path: string): Promise<void> {
    await this.#unlessMissing<unknown>((client, done) => client.remove(path, (error) => done(error, undefined)));
  }

  /** Creates a node, and those above it, unless it is there. */
  async createPath(path: string): Promise<void> {
    if (await this.#call<Stat | null>((client, done) => client.exists(path, done))) return;
    await this.#call<string>((client, done) => client.mkdirp(path, this.#acl(), done));
  }

  isOwner(stat: Stat): boolean {
    return stat.ephemeralOwner.equals(this.#hardened.client.getSessionId());
  }

  /** Ends the session: the servers remove its ephemeral nodes at once, if they can be reached. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { client, breakConnection } = this.#hardened;
    if (!this.isOver) {
      const limit = AbortSignal.timeout(DISCOVERY_LIMITS.withdrawMsMax);
      const disconnected = once(client, 'disconnected', { signal: limit }).catch(() => undefined);
      const wasConnected = this.#isConnected;
      this.#endBecause(new BraidError('serviceUnavailable', 'the session was closed'));
      client.close();
      if (wasConnected) await disconnected;
    }
    breakConnection();
  }

  get #isConnected(): boolean {
    return this.#hardened.client.getState() === this.#options.library.State.SYNC_CONNECTED;
  }

  #endBecause(reason: BraidError): void {
    this.#endReason ??= reason;
    clearInterval(this.#heartbeat);
    this.#end(this.#endReason);
  }

  /** With credentials only their owner may use the node; else anyone. */
  #acl(): ACL[] {
    const { ACL: AclOf, Id, Permission } = this.#options.library;
    const hasOwner = this.#options.credentials !== undefined;
    return [new AclOf(Permission.ALL, hasOwner ? new Id('auth', '') : new Id('world', 'anyone'))];
  }

  /** After a session's time without an answer: a server that keeps the connection is left for the next one, and what was seen is forgotten. */
  #beat(): void {
    if (performance.now() - this.#lastAnswerMs > this.#options.timeoutMs) {
      this.#lastAnswerMs = performance.now();
      this.#hardened.forgetHistory();
      this.#hardened.breakConnection();
    }
    // Only on a connection that stands: the library would keep the others for later.
    if (this.#isConnected) this.#hardened.client.exists('/', () => this.#answered());
  }

  #answered(): void {
    this.#lastAnswerMs = performance.now();
  }

  async #unlessMissing<Result>(begin: (client: Client, done: Callback<Result>) => void): Promise<Result | undefined> {
    try {
      return await this.#call(begin);
    } catch (error) {
      if (codeOf(error) === this.#options.library.Exception.NO_NODE) return undefined;
      throw error;
    }
  }

  /** Waits for a connection first: the library would make the call whenever one comes, however late. The error keeps the library's as its cause. */
  async #call<Result>(begin: (client: Client, done: Callback<Result>) => void): Promise<Result> {
    const stop = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const done: Callback<Result> = (error, result) => {
      this.#answered();
      if (error) reject(this.#toBraidError(error));
      else resolve(result);
    };
    const late = sleep(this.#options.timeoutMs, undefined, { ref: false, signal: stop.signal }).then(
      () => new BraidError('serviceUnavailable', 'the servers do not answer'),
      () => undefined,
    );
    const failed = Promise.race([this.ended, late]).then((error) => {
      if (error) throw error;
    });
    try {
      if (this.#endReason) throw this.#endReason;
      if (!this.#isConnected) await Promise.race([this.#connected.promise, failed]);
      begin(this.#hardened.client, done);
      return (await Promise.race([promise, failed])) as Result;
    } finally {
      failed.catch(() => undefined);
      stop.abort();
    }
  }

  #toBraidError(error: Error | Exception): BraidError {
    const { Exception: codes } = this.#options.library;
    const code = codeOfException(error);
    const text = error instanceof Error ? error.message : String(error);
    if (code === codes.NO_AUTH || code === codes.AUTH_FAILED || code === codes.INVALID_ACL) return refused(text, error);
    return new BraidError('serviceUnavailable', text, { cause: error });
  }
}

function refused(what: string, cause?: unknown): BraidError {
  return new BraidError('notAuthenticated', `the servers refuse ${what}: check user and password`, { cause });
}

function codeOf(error: unknown): number | undefined {
  return error instanceof BraidError ? codeOfException(error.cause) : undefined;
}

function codeOfException(error: unknown): number | undefined {
  return (error as Partial<Exception> | undefined)?.code;
}
