import { expect, test } from 'vitest';
import { deletePieces } from '../../../node/segment/delete-pieces.ts';
import { LIMITS } from '../../../node/segment/limits.ts';

test('deletes are cut into pieces of one turn, keys with their timestamps and partitions', () => {
  const count = 2 * LIMITS.deletesPerTurn + 1;
  const numbers = Array.from({ length: count }, (_, i) => BigInt(i));
  const timestamps = BigUint64Array.from(numbers);
  const partitionIds = BigInt64Array.from(numbers);
  for (const keys of [BigInt64Array.from(numbers), numbers.map(String)]) {
    const pieces = deletePieces({ keys, timestamps, partitionIds });
    expect(pieces.map((piece) => piece.timestamps.length)).toEqual([LIMITS.deletesPerTurn, LIMITS.deletesPerTurn, 1]);
    expect(pieces.flatMap((piece) => [...piece.keys])).toEqual([...keys]);
    for (const piece of pieces) {
      expect([...piece.timestamps]).toEqual([...piece.partitionIds!]);
      expect(piece.keys.length).toBe(piece.timestamps.length);
    }
  }
});

test('a small batch is its own piece', () => {
  const batch = { keys: ['a'], timestamps: BigUint64Array.of(1n), partitionIds: undefined };
  expect(deletePieces(batch)).toEqual([batch]);
});
