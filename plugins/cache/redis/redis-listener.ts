import { CACHE_LIMITS } from '../limits.ts';
import type { RedisClient } from './redis-client.ts';
import { withinMs } from './within-ms.ts';

type Listener = (message: string) => void;

/** The connection that only listens. Channels are subscribed to again after every loss of the connection; what was said meanwhile is lost. */
export class RedisListener implements AsyncDisposable {
  readonly #client: RedisClient;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #check: NodeJS.Timeout;
  readonly #firstSubscribed = Promise.withResolvers<void>();

  constructor(client: RedisClient) {
    this.#client = client;
    // An error without a listener would end the process; that the connection is lost is seen from its state.
    client.on('error', () => undefined);
    client.on('ready', () => void this.#subscribe([...this.#listeners.keys()]));
    client.on('message', (channel: string, message: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener(message);
    });
    // The answer does not matter: without one the client closes the connection and makes another (socketTimeout).
    this.#check = setInterval(
      () => void client.ping().catch(() => undefined),
      CACHE_LIMITS.redis.listenerCheckMs,
    ).unref();
  }

  async add(channel: string, listener: Listener): Promise<AsyncDisposable> {
    const known = this.#listeners.get(channel);
    if (known) known.add(listener);
    else {
      this.#listeners.set(channel, new Set([listener]));
      await this.#subscribe([channel]);
      await withinMs(this.#firstSubscribed.promise, CACHE_LIMITS.redis.startupWaitMsMax);
    }
    return { [Symbol.asyncDispose]: () => this.#remove(channel, listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#check);
    this.#listeners.clear();
    this.#client.disconnect();
  }

  async #remove(channel: string, listener: Listener): Promise<void> {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    if (this.#client.status === 'ready') await this.#client.unsubscribe(channel).catch(() => undefined);
  }

  /** Not ready: done when it is, however late. */
  async #subscribe(channels: readonly string[]): Promise<void> {
    if (channels.length === 0 || this.#client.status !== 'ready') return;
    await this.#client.subscribe(...channels).catch(() => undefined);
    this.#firstSubscribed.resolve();
  }
}
