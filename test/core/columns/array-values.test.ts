import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayLength, decodeArray, elementAt, encodeArray } from '../../../core/columns/array-values.ts';
import { DataType } from '../../../core/schema/data-type.ts';

const ELEMENTS = [
  [DataType.Bool, fc.boolean()],
  [DataType.Int8, fc.integer({ min: -128, max: 127 })],
  [DataType.Int16, fc.integer({ min: -32_768, max: 32_767 })],
  [DataType.Int32, fc.integer()],
  [DataType.Int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [DataType.Float, fc.float({ noNaN: true })],
  [DataType.Double, fc.double({ noNaN: true })],
  [DataType.VarChar, fc.string({ unit: 'grapheme' })],
] as const;

test.each(ELEMENTS)('elements of type %s come back, also from the middle of other bytes', (elementType, arbitrary) => {
  fc.assert(
    fc.property(fc.array(arbitrary as fc.Arbitrary<string>, { maxLength: 20 }), (elements) => {
      const row = encodeArray(elementType, elements);
      const shifted = new Uint8Array(row.length + 3);
      shifted.set(row, 3);
      const view = shifted.subarray(3);
      expect(decodeArray(elementType, view)).toEqual(elements);
      expect(arrayLength(elementType, view)).toBe(elements.length);
      if (elements.length > 0) expect(elementAt(elementType, view, elements.length - 1)).toBe(elements.at(-1));
    }),
  );
});

test('an empty row is an array without elements', () => {
  for (const [elementType] of ELEMENTS) expect(decodeArray(elementType, new Uint8Array(0))).toEqual([]);
});
