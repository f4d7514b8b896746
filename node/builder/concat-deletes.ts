import type { DeleteBatch } from '../segment/segment.ts';

/** One batch after the other; all have keys of one type, empty ones may have any. */
export function concatDeletes(batches: readonly DeleteBatch[]): DeleteBatch {
  const filled = batches.filter((batch) => batch.timestamps.length > 0);
  const [first] = filled;
  if (!first || filled.length === 1) return first ?? batches[0]!;
  const count = filled.reduce((sum, batch) => sum + batch.timestamps.length, 0);
  const timestamps = new BigUint64Array(count);
  const partitionIds = new BigInt64Array(count);
  const integers = new BigInt64Array(first.keys instanceof BigInt64Array ? count : 0);
  const texts: string[] = [];
  let at = 0;
  for (const batch of filled) {
    timestamps.set(batch.timestamps, at);
    if (batch.partitionIds) partitionIds.set(batch.partitionIds, at);
    if (batch.keys instanceof BigInt64Array) integers.set(batch.keys, at);
    else for (const key of batch.keys) texts.push(key);
    at += batch.timestamps.length;
  }
  return { keys: integers.length > 0 ? integers : texts, timestamps, partitionIds };
}
