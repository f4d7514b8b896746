import type { Cache } from '../../../plugins/cache/cache.ts';

/** A cache that several fake routers share, in this process. A test may look into it, spoil it and take it away. */
export class FakeCache implements Cache {
  readonly shared: boolean;
  readonly failureCount = 0;
  readonly values = new Map<string, Uint8Array>();
  readonly published: string[] = [];
  isGone = false;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  constructor(shared = true) {
    this.shared = shared;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.isGone ? undefined : this.values.get(key);
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    if (!this.isGone) this.values.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.values.delete(key);
  }

  async publish(channel: string, message: string): Promise<void> {
    if (this.isGone) return;
    this.published.push(`${channel} ${message}`);
    for (const listener of this.#listeners.get(channel) ?? []) listener(message);
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<AsyncDisposable> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return { [Symbol.asyncDispose]: async () => void listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Keeps nothing. */
export const noCache: Cache = {
  shared: false,
  failureCount: 0,
  get: async () => undefined,
  set: async () => {},
  delete: async () => {},
  publish: async () => {},
  subscribe: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  [Symbol.asyncDispose]: async () => {},
};
