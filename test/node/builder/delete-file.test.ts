import { expect, test } from 'vitest';
import { concatDeletes } from '../../../node/builder/concat-deletes.ts';
import { decodeDeleteFile, encodeDeleteFile } from '../../../node/segment/delete-file.ts';
import type { DeleteBatch } from '../../../node/segment/segment.ts';

const INTEGERS: DeleteBatch = {
  keys: BigInt64Array.of(5n, -7n, 2n ** 62n),
  timestamps: BigUint64Array.of(11n, 12n, 2n ** 63n),
  partitionIds: BigInt64Array.of(0n, 3n, 0n),
};
const TEXTS: DeleteBatch = {
  keys: ['a', '', 'häßlich'],
  timestamps: BigUint64Array.of(1n, 2n, 2n),
  partitionIds: BigInt64Array.of(0n, 0n, 9n),
};
const EMPTY: DeleteBatch = { keys: [], timestamps: new BigUint64Array(0), partitionIds: new BigInt64Array(0) };

test.each([
  ['integers', INTEGERS],
  ['texts', TEXTS],
  ['nothing', EMPTY],
])('%s come back as they were written', (_name, deletes) => {
  const file = { fromTimestamp: 3n, toTimestamp: 2n ** 63n + 1n, deletes };
  expect(decodeDeleteFile(encodeDeleteFile(file), 'x')).toEqual(file);
});

test('without partitions the deletes are for all of them', () => {
  const deletes = { ...INTEGERS, partitionIds: undefined };
  const decoded = decodeDeleteFile(encodeDeleteFile({ fromTimestamp: 0n, toTimestamp: 1n, deletes }), 'x');
  expect(decoded.deletes.partitionIds).toEqual(BigInt64Array.of(0n, 0n, 0n));
});

test('every flipped bit and every cut is found', () => {
  const bytes = encodeDeleteFile({ fromTimestamp: 3n, toTimestamp: 9n, deletes: TEXTS });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeDeleteFile(damaged, 'x'), `bit ${bit}`).toThrow(/delete file x is damaged/);
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeDeleteFile(bytes.slice(0, length), 'x'), `length ${length}`).toThrow(/damaged/);
  }
});

test('batches are joined in their order', () => {
  const more: DeleteBatch = {
    keys: BigInt64Array.of(9n),
    timestamps: BigUint64Array.of(2n ** 63n + 5n),
    partitionIds: undefined,
  };
  expect(concatDeletes([EMPTY, INTEGERS, more])).toEqual({
    keys: BigInt64Array.of(5n, -7n, 2n ** 62n, 9n),
    timestamps: BigUint64Array.of(11n, 12n, 2n ** 63n, 2n ** 63n + 5n),
    partitionIds: BigInt64Array.of(0n, 3n, 0n, 0n),
  });
  expect(concatDeletes([TEXTS, EMPTY])).toBe(TEXTS);
  expect(concatDeletes([EMPTY])).toBe(EMPTY);
});
