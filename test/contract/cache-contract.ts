import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../plugins/cache/cache.ts';

/** One cache, and as many openings of it as a test wants: each stands for a process. */
export interface CacheFixture extends AsyncDisposable {
  open(): Promise<Cache>;
}

/** What every cache plugin promises, while its server is well. */
export function cacheContract(name: string, createFixture: () => Promise<CacheFixture>): void {
  describe(`${name} keeps the contract of a cache`, () => {
    let fixture: CacheFixture;
    let cache: Cache;

    beforeEach(async () => {
      fixture = await createFixture();
      cache = await fixture.open();
    });

    afterEach(async () => {
      await cache[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    });

    const get = async (key: string): Promise<string | undefined> => {
      const value = await cache.get(key);
      return value === undefined ? undefined : Buffer.from(value).toString();
    };
    const set = (key: string, value: string, ttlMs = 60_000): Promise<void> =>
      cache.set(key, Buffer.from(value), ttlMs);

    test('what was set is there, the last value of a key only', async () => {
      expect(await get('a')).toBeUndefined();
      await set('a', 'one');
      await set('b', 'two');
      await set('a', 'three');
      expect([await get('a'), await get('b')]).toEqual(['three', 'two']);
    });

    test('bytes come back as they were', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await cache.set('bytes', bytes, 60_000);
      expect(Uint8Array.from((await cache.get('bytes'))!)).toEqual(bytes);
      await cache.set('empty', new Uint8Array(), 60_000);
      expect((await cache.get('empty'))?.length ?? 0).toBe(0);
    });

    test('a value goes when its time is over', async () => {
      await set('short', 'x', 50);
      await set('long', 'x', 60_000);
      await sleep(120);
      expect(await get('short')).toBeUndefined();
      expect(await get('long')).toBe('x');
    });

    test('no time to live means not at all, not for ever', async () => {
      await set('a', 'one');
      await set('a', 'two', 0);
      await set('b', 'two', -5);
      expect([await get('a'), await get('b')]).toEqual([undefined, undefined]);
    });

    test('delete removes, and does not mind a missing key', async () => {
      await set('a', 'one');
      await cache.delete('a');
      await cache.delete('nothing');
      expect(await get('a')).toBeUndefined();
    });

    test('a value that is too large is a miss, not an error', async () => {
      await cache.set('large', new Uint8Array(200 * 1024 * 1024), 60_000);
      await set('small', 'x');
      expect(await get('small')).toBe('x');
    });

    test('messages reach the listeners of their channel until they are gone', async () => {
      const heard: string[] = [];
      const first = await cache.subscribe('news', (message) => heard.push(`first ${message}`));
      const second = await cache.subscribe('news', (message) => heard.push(`second ${message}`));
      const other = await cache.subscribe('other', (message) => heard.push(`other ${message}`));
      await cache.publish('news', 'one');
      await vi.waitFor(() => expect(heard.toSorted()).toEqual(['first one', 'second one']));
      await first[Symbol.asyncDispose]();
      await cache.publish('news', 'two');
      await vi.waitFor(() => expect(heard.at(-1)).toBe('second two'));
      expect(heard).toHaveLength(3);
      for (const handle of [second, other]) await handle[Symbol.asyncDispose]();
      await cache.publish('news', 'three');
      await cache.publish('nobody', 'listens');
    });

    test('a shared cache shows values and messages to other processes', async () => {
      if (!cache.shared) return;
      await using other = await fixture.open();
      await set('a', 'one');
      expect(Buffer.from((await other.get('a'))!).toString()).toBe('one');
      const heard: string[] = [];
      await using _listening = await other.subscribe('news', (message) => heard.push(message));
      await cache.publish('news', 'one');
      await vi.waitFor(() => expect(heard).toEqual(['one']));
    });
  });
}
