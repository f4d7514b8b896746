import { expect, test } from 'vitest';
import { cacheContract } from '../../contract/cache-contract.ts';
import { openBuiltin } from '../test-host.ts';

cacheContract('the memory cache', async () => ({
  open: () => openBuiltin('cache', 'memory'),
  [Symbol.asyncDispose]: async () => {},
}));

test('the cache stays within its bytes and keeps what was used last', async () => {
  await using cache = await openBuiltin('cache', 'memory', { bytesMax: '10KB' });
  for (let i = 0; i < 100; i++) {
    await cache.set(`key ${i}`, new Uint8Array(1000), 60_000);
    await cache.get('key 0');
  }
  const kept = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => (await cache.get(`key ${i}`)) !== undefined),
  );
  expect(kept.filter(Boolean)).toHaveLength(10);
  expect([kept[0], kept[1], kept[99]]).toEqual([true, false, true]);
});
