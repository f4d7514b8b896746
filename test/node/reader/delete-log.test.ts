import { expect, test } from 'vitest';
import { DeleteLog } from '../../../node/reader/delete-log.ts';
import type { DeleteBatch, Segment } from '../../../node/segment/segment.ts';

const batch = (...timestamps: bigint[]): DeleteBatch => ({
  keys: BigInt64Array.from(timestamps),
  timestamps: BigUint64Array.from(timestamps),
  partitionIds: undefined,
});

/** A segment that remembers the timestamps of the deletes it was given. */
function recorder(): { readonly segment: Segment; readonly seen: bigint[] } {
  const seen: bigint[] = [];
  const applyDeletes = (deletes: DeleteBatch): number => seen.push(...deletes.timestamps);
  return { segment: { applyDeletes } as unknown as Segment, seen };
}

test('a segment that is loaded later gets every delete so far, in order', async () => {
  const log = new DeleteLog();
  log.add(batch(1n, 2n));
  log.add(batch());
  log.add(batch(3n));
  const { segment, seen } = recorder();
  await log.applyTo(segment, () => undefined);
  expect(seen).toEqual([1n, 2n, 3n]);
  expect(log.lastTimestamp).toBe(3n);
});

test('pruning forgets only batches that are applied whole', async () => {
  const log = new DeleteLog();
  log.add(batch(1n, 2n));
  log.add(batch(3n, 6n));
  log.prune(5n);
  const { segment, seen } = recorder();
  await log.applyTo(segment, () => undefined);
  expect(seen).toEqual([3n, 6n]);
  expect(log.lastTimestamp).toBe(6n);
});

test('deletes that come while a segment catches up reach it, before it counts as caught up', async () => {
  const log = new DeleteLog();
  log.add(batch(1n));
  log.add(batch(2n));
  const { segment, seen } = recorder();
  let seenThen: bigint[] = [];
  const applying = log.applyTo(segment, () => {
    seenThen = [...seen];
  });
  expect(seen, 'one batch per turn').toEqual([1n]);
  log.add(batch(3n));
  await applying;
  expect(seenThen).toEqual([1n, 2n, 3n]);
});
