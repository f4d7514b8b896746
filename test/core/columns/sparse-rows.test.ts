import { expect, test } from 'vitest';
import { bytesAt, bytesColumnFrom } from '../../../core/columns/column-operations.ts';
import {
  normalSparseColumn,
  normalSparseRow,
  sparseDimension,
  sparseEntries,
  sparseRowOf,
} from '../../../core/columns/sparse-rows.ts';
import { DataType } from '../../../core/schema/data-type.ts';

test('a normal row stays the same object', () => {
  const row = sparseRowOf([0, 7, 0xffff_fffe], [1, 2, 3]);
  expect(normalSparseRow(row)).toBe(row);
  expect(sparseDimension(row)).toBe(2 ** 32 - 1);
  expect(sparseDimension(new Uint8Array(0))).toBe(0);
});

test('pairs are sorted, zeroes stay', () => {
  expect(sparseEntries(normalSparseRow(sparseRowOf([9, 1, 5], [1, 2, 0])))).toEqual([
    [1, 2],
    [5, 0],
    [9, 1],
  ]);
});

test.each([
  ['half a pair', new Uint8Array(12), 'invalid data length in sparse float vector: 12'],
  ['an index out of range', sparseRowOf([0xffff_ffff], [1]), 'must be less than 2^32-1'],
  ['no number', sparseRowOf([1], [Number.NaN]), 'not a number or infinity'],
  ['infinity', sparseRowOf([1], [Number.POSITIVE_INFINITY]), 'not a number or infinity'],
  ['a negative value', sparseRowOf([1], [-0.5]), 'negative value in sparse float vector: -0.5'],
  ['an index twice', sparseRowOf([3, 1, 3], [1, 1, 1]), 'same indices in sparse float vector: index 3 occurs twice'],
])('refuses %s', (_what, row, message) => {
  expect(() => normalSparseRow(row)).toThrow(message);
});

test('a column is made anew only where a row needs it', () => {
  const type = DataType.SparseFloatVector;
  const fine = bytesColumnFrom(type, [sparseRowOf([1], [1]), new Uint8Array(0)]);
  expect(normalSparseColumn(fine)).toBe(fine);
  const mixed = normalSparseColumn(bytesColumnFrom(type, [sparseRowOf([1], [1]), sparseRowOf([2, 1], [2, 1])]));
  expect(sparseEntries(bytesAt(mixed, 1))).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
