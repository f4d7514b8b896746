import { expect, test } from 'vitest';
import type { MetadataSubject } from '../metadata-contract.ts';
import { lead } from './records.ts';

export function sequencesContract(subject: MetadataSubject): void {
  test('ids start at 1 and follow one another', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    expect(await store.reserveIds(lease.term, 1)).toBe(1);
    expect(await store.reserveIds(lease.term, 100)).toBe(2);
    expect(await store.reserveIds(lease.term, 1)).toBe(102);
  });

  test('ids are never handed out twice, neither at once nor after the store was opened anew nor in a later term', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    const firsts = await Promise.all(Array.from({ length: 40 }, () => store.reserveIds(lease.term, 7)));
    await store[Symbol.asyncDispose]();
    const again = await subject.open();
    const next = await lead(again);
    firsts.push(await again.reserveIds(next.lease.term, 7));
    const ids = firsts.flatMap((first) => Array.from({ length: 7 }, (_, i) => first + i));
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(1);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('reserving %s ids is refused and uses up none', async (count) => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await expect(store.reserveIds(lease.term, count)).rejects.toThrow();
    expect(await store.reserveIds(lease.term, 1)).toBe(1);
  });

  test('the bound of timestamps is raised, never lowered, and outlives the term', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    const bound = 2n ** 53n + 1n;
    expect(await store.reserveTimestamps(lease.term, bound)).toBe(0n);
    expect(await store.reserveTimestamps(lease.term, bound - 1n)).toBe(bound);
    expect(await store.reserveTimestamps(lease.term, bound + 1n)).toBe(bound);
    await store[Symbol.asyncDispose]();

    const again = await subject.open();
    const next = await lead(again);
    expect(await again.reserveTimestamps(next.lease.term, 0n)).toBe(bound + 1n);
  });

  test('the bound may be any unsigned 64-bit integer, and nothing else', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await store.reserveTimestamps(lease.term, 9n);
    // Ten is more than nine: they are compared as numbers.
    expect(await store.reserveTimestamps(lease.term, 10n)).toBe(9n);
    expect(await store.reserveTimestamps(lease.term, 2n ** 64n - 1n)).toBe(10n);
    expect(await store.reserveTimestamps(lease.term, 0n)).toBe(2n ** 64n - 1n);
    await expect(store.reserveTimestamps(lease.term, 2n ** 64n)).rejects.toThrow();
    await expect(store.reserveTimestamps(lease.term, -1n)).rejects.toThrow();
  });
}
