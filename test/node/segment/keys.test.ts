import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PrimaryKey } from '../../../core/columns/column.ts';
import { fixedColumn } from '../../../core/columns/column-operations.ts';
import { compareKeys } from '../../../core/merge/compare-keys.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GrowableColumn } from '../../../node/segment/growable-column.ts';
import { HashKeyIndex } from '../../../node/segment/hash-key-index.ts';
import { columnOfKeys } from '../../../node/segment/key-column.ts';
import type { KeyIndex } from '../../../node/segment/key-index.ts';
import { KeyOrder } from '../../../node/segment/key-order.ts';
import { SortedKeyIndex } from '../../../node/segment/sorted-key-index.ts';
import { TimeSlice } from '../../../node/segment/time-slice.ts';
import { randomNumbers } from './fixture.ts';

/** Keys that repeat, are negative, and differ only in one half of their bits. */
function numberKeys(count: number, seed: number): BigInt64Array {
  const random = randomNumbers(seed);
  return BigInt64Array.from({ length: count }, () => {
    const value = BigInt(Math.floor(random() * count * 2)) - BigInt(count);
    return random() < 0.5 ? value : value << 32n;
  });
}

function textKeys(count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => 'prefix/'.repeat(Math.floor(random() * 3)) + Math.floor(random() * count));
}

describe.each([
  ['Int64', DataType.Int64, numberKeys],
  ['VarChar', DataType.VarChar, textKeys],
] as const)('%s', (_, dataType, make) => {
  const count = 40_000;
  const keys: KeyList = make(count, 1);
  const probes: KeyList = make(2_000, 2);

  function indexed() {
    const column = new GrowableColumn(dataType);
    const times = new GrowableColumn(DataType.Int64);
    const index = new HashKeyIndex(column);
    const rows = new Map<PrimaryKey, number[]>();
    const doubles: number[] = [];
    for (let from = 0; from < count; from += 777) {
      const part = keys.slice(from, from + 777) as KeyList;
      column.append(columnOfKeys(part));
      times.append(fixedColumn(DataType.Int64, new BigInt64Array(part.length).fill(BigInt(from % 5))));
      index.append(columnOfKeys(part), from, (older) => doubles.push(older));
      for (let i = 0; i < part.length; i++) {
        const before = rows.get(part[i]!);
        if (before) before.push(from + i);
        else rows.set(part[i]!, [from + i]);
      }
    }
    return { column, times, index, rows, doubles };
  }

  function found(index: KeyIndex, wanted: KeyList): number[][] {
    const offsets = Array.from({ length: wanted.length }, () => [] as number[]);
    index.find(columnOfKeys(wanted), (place, offset) => offsets[place]!.push(offset));
    return offsets.map((list) => list.sort((a, b) => a - b));
  }

  test('the hash index finds every row of a key', () => {
    const { index, rows, doubles } = indexed();
    const wanted = [...probes, ...keys.slice(0, 500)];
    const list = (dataType === DataType.Int64 ? BigInt64Array.from(wanted as bigint[]) : wanted) as KeyList;
    expect(found(index, list)).toEqual(wanted.map((key) => rows.get(key) ?? []));
    expect(doubles.length).toBe(count - rows.size);
    expect(index.memoryBytes / count).toBeLessThan(40);
  });

  test('sorting gives ascending keys, the newest row of each first; the sorted index finds the same rows', async () => {
    const { column, times, rows } = indexed();
    const order = new KeyOrder(column, times);
    const permutation = await order.sort(
      Uint32Array.from({ length: count }, (_, i) => i),
      new TimeSlice(),
    );
    expect(new Set(permutation).size).toBe(count);
    const time = (offset: number) => (Math.floor(offset / 777) * 777) % 5;
    for (let i = 1; i < count; i++) {
      const [left, right] = [permutation[i - 1]!, permutation[i]!];
      const byKey = compareKeys(keys[left]!, keys[right]!);
      if (byKey > 0 || (byKey === 0 && time(left) < time(right)))
        expect.fail(`rows ${left} and ${right} are out of order`);
    }
    const index = new SortedKeyIndex(column, permutation);
    expect(found(index, probes)).toEqual([...probes].map((key) => rows.get(key) ?? []));
  });
});

test('bytes and numbers are ordered as keys are compared', async () => {
  const anyKeys = fc.oneof(
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 50 }),
    fc.array(fc.string({ unit: 'binary' }), { maxLength: 50 }),
  );
  await fc.assert(
    fc.asyncProperty(anyKeys, async (keys) => {
      const isText = typeof keys[0] === 'string';
      const column = new GrowableColumn(isText ? DataType.VarChar : DataType.Int64);
      const list = (isText ? keys : BigInt64Array.from(keys as bigint[])) as KeyList;
      column.append(columnOfKeys(list));
      const times = new GrowableColumn(DataType.Int64);
      times.append(fixedColumn(DataType.Int64, new BigInt64Array(keys.length)));
      const sorted = await new KeyOrder(column, times).sort(
        Uint32Array.from({ length: keys.length }, (_, i) => i),
        new TimeSlice(),
      );
      const wanted = (keys as PrimaryKey[]).toSorted(compareKeys);
      expect(Array.from(sorted, (offset) => keys[offset])).toEqual(wanted);
    }),
  );
});
