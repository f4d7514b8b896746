import { LRUCache } from 'lru-cache';
import Type from 'typebox';
import { sizeBytes } from '../../config/setting-types.ts';
import { definePlugin } from '../plugin.ts';
import type { Cache } from './cache.ts';

type Listener = (message: string) => void;

/** In this process only, bounded by bytes. */
export default definePlugin({
  api: 1,
  kind: 'cache',
  name: 'memory',
  options: Type.Object({
    bytesMax: sizeBytes({
      default: 64 * 1024 ** 2,
      minimum: 1024,
      description: 'Keys and values together; the least recently used leave first.',
    }),
  }),
  open: async ({ bytesMax }) => new MemoryCache(bytesMax),
});

class MemoryCache implements Cache {
  readonly shared = false;
  readonly failureCount = 0;
  readonly #entries: LRUCache<string, Uint8Array>;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(bytesMax: number) {
    this.#entries = new LRUCache({ maxSize: bytesMax, sizeCalculation: (value, key) => value.length + key.length + 1 });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#entries.get(key);
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    // To LRUCache, no time to live means for ever.
    if (ttlMs > 0) this.#entries.set(key, value, { ttl: ttlMs });
    else this.#entries.delete(key);
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  async publish(channel: string, message: string): Promise<void> {
    for (const listener of this.#listeners.get(channel) ?? []) listener(message);
  }

  async subscribe(channel: string, listener: Listener): Promise<AsyncDisposable> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return { [Symbol.asyncDispose]: async () => void listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#entries.clear();
    this.#listeners.clear();
  }
}
