import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combineRows, createRowBits, offsetsOf } from '../../../node/segment/row-bits.ts';

function bitsOf(rows: readonly number[], rowCount: number): Uint8Array {
  const bits = createRowBits(rowCount);
  for (const row of rows) bits[row >>> 3]! |= 1 << (row & 7);
  return bits;
}

test('sets are combined as sets are', () => {
  const anySet = fc.option(fc.array(fc.nat(200), { maxLength: 60 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.nat(200),
      anySet,
      anySet,
      anySet,
      fc.integer({ min: 1, max: 300 }),
      (rowCount, only, first, second, size) => {
        // Masks may be shorter or longer than the rows.
        const holes = [first, second].map(
          (rows) =>
            rows &&
            bitsOf(
              rows.filter((row) => row < size),
              size,
            ),
        );
        const set = combineRows(rowCount, only && bitsOf(only, 201), holes);
        const wanted = Array.from({ length: rowCount }, (_, row) => row).filter(
          (row) =>
            (only?.includes(row) ?? true) &&
            !(row < size && first?.includes(row)) &&
            !(row < size && second?.includes(row)),
        );
        expect([...offsetsOf(set, rowCount)]).toEqual(wanted);
        expect(set.count).toBe(wanted.length);
      },
    ),
    { numRuns: 1_000 },
  );
});
