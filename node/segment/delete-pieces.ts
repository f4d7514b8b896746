import { LIMITS } from './limits.ts';
import type { DeleteBatch } from './segment.ts';

/** Deletes in pieces that a segment may apply in one turn of the event loop. A batch that is small enough is its only piece. */
export function deletePieces(batch: DeleteBatch): readonly DeleteBatch[] {
  const { keys, timestamps, partitionIds } = batch;
  const size = LIMITS.deletesPerTurn;
  if (timestamps.length <= size) return [batch];
  const pieces: DeleteBatch[] = [];
  for (let from = 0; from < timestamps.length; from += size) {
    const to = from + size;
    pieces.push({
      keys: keys instanceof BigInt64Array ? keys.subarray(from, to) : keys.slice(from, to),
      timestamps: timestamps.subarray(from, to),
      partitionIds: partitionIds?.subarray(from, to),
    });
  }
  return pieces;
}
