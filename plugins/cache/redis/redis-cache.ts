import type { PluginLogger } from '../../plugin.ts';
import type { Cache } from '../cache.ts';
import { CACHE_LIMITS } from '../limits.ts';
import type { RedisClient } from './redis-client.ts';
import { RedisListener } from './redis-listener.ts';
import { ServerGate } from './server-gate.ts';
import { withinMs } from './within-ms.ts';

const LIMITS = CACHE_LIMITS.redis;

export interface RedisCacheOptions {
  /** Before every key and channel. */
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly createClient: () => RedisClient;
  readonly logger: PluginLogger;
}

/** See Cache. Redis slow or gone costs whoever waits at that moment `timeoutMs` at most, and later callers nothing until it answers in time again. */
export class RedisCache implements Cache {
  readonly shared = true;
  readonly #options: RedisCacheOptions;
  readonly #client: RedisClient;
  readonly #gate: ServerGate;
  readonly #ready = Promise.withResolvers<void>();
  #listener: RedisListener | undefined;
  #failureCount = 0;
  #complainedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#client = options.createClient();
    this.#gate = new ServerGate({
      probe: () => this.#client.ping(),
      timeoutMs: options.timeoutMs,
      onChange: (isOpen, reason) => this.#changed(isOpen, reason),
    });
    // An error without a listener would end the process.
    this.#client.on('error', (error: Error) => this.#complain(error, 'redis cannot be reached'));
    this.#client.on('ready', () => void this.#gate.probe());
    this.#client.on('close', () => this.#gate.shut('the connection is lost'));
  }

  get failureCount(): number {
    return this.#failureCount;
  }

  /** Resolves when the server answers, or after `waitMs` without it. */
  start(waitMs: number): Promise<void> {
    return withinMs(this.#ready.promise, waitMs);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const name = this.#name(key);
    const value = await this.#run(() => this.#client.getBuffer(name), this.#options.timeoutMs);
    return value ?? undefined;
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const isKept = ttlMs > 0 && value.length <= LIMITS.valueBytesMax;
    if (!isKept) return this.delete(key);
    const name = this.#name(key);
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    await this.#run(() => this.#client.set(name, bytes, 'PX', Math.ceil(ttlMs)), LIMITS.writeTimeoutMs);
  }

  async delete(key: string): Promise<void> {
    await this.#run(() => this.#client.del(this.#name(key)), LIMITS.writeTimeoutMs);
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#run(() => this.#client.publish(this.#name(channel), message), LIMITS.writeTimeoutMs);
  }

  subscribe(channel: string, listener: (message: string) => void): Promise<AsyncDisposable> {
    this.#listener ??= new RedisListener(this.#options.createClient());
    return this.#listener.add(this.#name(channel), listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gate[Symbol.dispose]();
    await this.#listener?.[Symbol.asyncDispose]();
    this.#client.disconnect();
  }

  #name(key: string): string {
    return `${this.#options.prefix}${key}`;
  }

  async #run<T>(command: () => Promise<T>, timeoutMs: number): Promise<T | undefined> {
    if (!this.#gate.isOpen) return undefined;
    try {
      const outcome = await this.#gate.run(command, timeoutMs);
      if (!outcome) this.#failureCount++;
      return outcome?.value;
    } catch (error) {
      this.#failureCount++;
      this.#complain(error as Error, 'redis refused a command');
      return undefined;
    }
  }

  #changed(isOpen: boolean, reason: string): void {
    const { logger } = this.#options;
    if (isOpen) {
      this.#complainedAtMs = Number.NEGATIVE_INFINITY;
      this.#ready.resolve();
      logger.info({ reason }, 'redis is used as a cache');
    } else logger.warn({ reason }, 'redis is left alone until it answers in time again: everything goes on without it');
  }

  #complain(error: Error, message: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#complainedAtMs < LIMITS.complaintMs) return;
    this.#complainedAtMs = nowMs;
    this.#options.logger.warn({ error: error.message }, message);
  }
}
