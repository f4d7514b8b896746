import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Timestamp } from '../../core/timestamps.ts';
import type { Cache } from '../../plugins/cache/cache.ts';
import type { RouterLimits } from '../limits.ts';
import { seal, unseal } from './sealed-value.ts';

/** Of the outputs that are kept: raise it when their form changes, so that routers of two releases do not read each other's. */
const RESULT_VERSION = 1;

/** An answer, and what it is an answer to. */
export interface KeptResult {
  /** Every write up to here is in it. */
  readonly completeUntil: Timestamp;
  /** The writer's version of the view before the answer was made, where it was asked. */
  readonly viewVersion: number | undefined;
  /** A value that the structured clone algorithm takes. */
  readonly output: unknown;
}

/** Answers of searches, kept in the cache for a while. Whether one may be given is for the caller to say; here nothing fails: what is not there, damaged or too large is a miss. */
export class ResultCache {
  readonly #cache: Cache;
  readonly #keptMs: number;
  readonly #limits: RouterLimits;

  constructor(cache: Cache, keptMs: number, limits: RouterLimits) {
    this.#cache = cache;
    this.#keptMs = keptMs;
    this.#limits = limits;
  }

  /** A key for everything that decides an answer, given as one value; undefined if that cannot be told from another. */
  keyOf(question: unknown): string | undefined {
    try {
      return `result-${RESULT_VERSION}-${createHash('sha256').update(serialize(question)).digest('base64url')}`;
    } catch {
      return undefined;
    }
  }

  async get(key: string): Promise<KeptResult | undefined> {
    const sealed = await this.#cache.get(key);
    const value = sealed && (await unseal(key, sealed));
    if (!value || value.version !== RESULT_VERSION) return undefined;
    try {
      return deserialize(value.bytes) as KeptResult;
    } catch {
      return undefined;
    }
  }

  /** Resolves when it is kept, or not: no search waits for that. */
  async put(key: string, result: KeptResult): Promise<void> {
    try {
      const bytes = serialize(result);
      if (bytes.length > this.#limits.resultBytesMax) return;
      await this.#cache.set(key, await seal(key, { version: RESULT_VERSION, bytes }), this.#keptMs);
    } catch {
      // Not kept: a miss is always legal.
    }
  }
}
