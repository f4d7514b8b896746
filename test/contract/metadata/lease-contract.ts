import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MetadataSubject } from '../metadata-contract.ts';
import { lead } from './records.ts';

const LONG_MS = 60_000;
const SHORT_MS = 300;
/** Long enough for a short lease to be over on a busy machine. */
const AFTER_SHORT_MS = 500;

export function leaseContract(subject: MetadataSubject): void {
  test('nobody leads an empty store; the first to ask leads it', async () => {
    const store = await subject.open();
    expect(await store.currentLease()).toBeUndefined();
    const lease = await store.acquireLease('writer-1', LONG_MS);
    expect(lease).toEqual({ holder: 'writer-1', term: expect.any(Number) });
    expect(lease!.term).toBeGreaterThanOrEqual(1);
    expect(await store.currentLease()).toEqual(lease);
  });

  test('while it is valid another holder is refused, in every store', async () => {
    const [one, two] = [await subject.open(), await subject.open()];
    const lease = await one.acquireLease('writer-1', LONG_MS);
    expect(await one.acquireLease('writer-2', LONG_MS)).toBeUndefined();
    expect(await two.acquireLease('writer-2', LONG_MS)).toBeUndefined();
    expect(await two.currentLease()).toEqual(lease);
  });

  test('holders are told apart by every character', async () => {
    const store = await subject.open();
    await store.acquireLease('writer-1', LONG_MS);
    for (const holder of ['Writer-1', 'writer-1 ', 'writer-01', 'wríter-1']) {
      expect(await store.acquireLease(holder, LONG_MS)).toBeUndefined();
    }
  });

  test('when it has expired another holder takes it, with a later term', async () => {
    const store = await subject.open();
    const first = await store.acquireLease('writer-1', SHORT_MS);
    await setTimeout(AFTER_SHORT_MS);
    expect(await store.currentLease()).toBeUndefined();
    const second = await store.acquireLease('writer-2', LONG_MS);
    expect(second!.term).toBeGreaterThan(first!.term);
    await expect(store.renewLease(first!, LONG_MS)).rejects.toMatchObject({ kind: 'termLost' });
    expect(await store.currentLease()).toEqual(second);
  });

  test('the same holder takes it again at once, and its former term is over', async () => {
    const store = await subject.open();
    const first = await store.acquireLease('writer-1', LONG_MS);
    const second = await store.acquireLease('writer-1', LONG_MS);
    expect(second!.term).toBeGreaterThan(first!.term);
    await expect(store.renewLease(first!, LONG_MS)).rejects.toMatchObject({ kind: 'termLost' });
    await store.renewLease(second!, LONG_MS);
  });

  test('a renewed lease lasts longer', async () => {
    const store = await subject.open();
    const lease = await store.acquireLease('writer-1', SHORT_MS);
    await store.renewLease(lease!, LONG_MS);
    await setTimeout(AFTER_SHORT_MS);
    expect(await store.acquireLease('writer-2', LONG_MS)).toBeUndefined();
    expect(await store.currentLease()).toEqual(lease);
  });

  test('an expired lease that nobody took can be renewed: its term is still the current one', async () => {
    const store = await subject.open();
    const lease = await store.acquireLease('writer-1', SHORT_MS);
    await setTimeout(AFTER_SHORT_MS);
    await store.renewLease(lease!, LONG_MS);
    expect(await store.currentLease()).toEqual(lease);
  });

  test('a released lease is free at once, and its term is over', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await store.releaseLease(lease);
    expect(await store.currentLease()).toBeUndefined();
    await expect(store.renewLease(lease, LONG_MS)).rejects.toMatchObject({ kind: 'termLost' });
    const next = await store.acquireLease('writer-2', LONG_MS);
    expect(next!.term).toBeGreaterThan(lease.term);
  });

  test('releasing a term that is over changes nothing', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await store.releaseLease(lease);
    await store.releaseLease(lease);
    const next = await store.acquireLease('writer-2', LONG_MS);
    await store.releaseLease(lease);
    expect(await store.currentLease()).toEqual(next);
  });

  test('of many who ask at once one gets it', async () => {
    const stores = [await subject.open(), await subject.open()];
    const asked = Array.from({ length: 12 }, (_, i) => stores[i % 2]!.acquireLease(`writer-${i}`, LONG_MS));
    const leases = (await Promise.all(asked)).filter((lease) => lease !== undefined);
    expect(leases).toHaveLength(1);
    expect(await stores[0]!.currentLease()).toEqual(leases[0]);
  });

  test('terms go on growing after the store was opened anew', async () => {
    const first = await subject.open();
    const { lease } = await lead(first);
    await first[Symbol.asyncDispose]();
    const second = await subject.open();
    expect(await second.currentLease()).toEqual(lease);
    expect((await lead(second)).lease.term).toBeGreaterThan(lease.term);
  });

  test('another log is refused while rows may be only in the last one, also after the lease was given back', async () => {
    const [one, two] = [await subject.open(), await subject.open()];
    const mine = { id: 'log-1', abandonsOther: false };
    const other = { id: 'log-2', abandonsOther: false };
    const lease = await one.acquireLease('writer-1', LONG_MS, mine);
    expect(await two.acquireLease('writer-2', LONG_MS, other), 'the lease is valid').toBeUndefined();
    await one.releaseLease(lease!);
    await expect(two.acquireLease('writer-2', LONG_MS, other)).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringMatching(/log-1.*log-2.*writer\.abandonLog/),
    });
    expect(await two.currentLease(), 'nothing was taken').toBeUndefined();
    const back = await two.acquireLease('writer-2', LONG_MS, mine);
    expect(back!.term).toBeGreaterThan(lease!.term);
  });

  test('whoever abandons the last log leads with the new one, and the last one is refused then', async () => {
    const store = await subject.open();
    const lease = await store.acquireLease('writer-1', LONG_MS, { id: 'log-1', abandonsOther: false });
    await store.releaseLease(lease!);
    const abandoning = await store.acquireLease('writer-2', LONG_MS, { id: 'log-2', abandonsOther: true });
    await store.releaseLease(abandoning!);
    await expect(store.acquireLease('writer-1', LONG_MS, { id: 'log-1', abandonsOther: false })).rejects.toMatchObject({
      kind: 'internal',
    });
    expect(await store.acquireLease('writer-2', LONG_MS, { id: 'log-2', abandonsOther: false })).toBeDefined();
  });
}
