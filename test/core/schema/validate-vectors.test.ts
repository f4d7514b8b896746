import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DataType } from '../../../core/schema/data-type.ts';
import { findNonFinite } from '../../../core/schema/validate-vectors.ts';

/** The same bytes at an odd address. */
function unaligned(array: ArrayBufferView): Uint8Array {
  const copy = new Uint8Array(array.byteLength + 1);
  copy.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), 1);
  return copy.subarray(1);
}

test('finds the first number that is not finite, in every float type', () => {
  fc.assert(
    fc.property(fc.array(fc.float()), (values) => {
      const floats = Float32Array.from(values);
      expect(findNonFinite(DataType.FloatVector, unaligned(floats))).toBe(
        floats.findIndex((value) => !Number.isFinite(value)),
      );
      const halves = Float16Array.from(values);
      expect(findNonFinite(DataType.Float16Vector, unaligned(halves))).toBe(
        halves.findIndex((value) => !Number.isFinite(value)),
      );
      const cut = Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16);
      const widened = new Float32Array(Uint32Array.from(cut, (bits) => bits << 16).buffer);
      expect(findNonFinite(DataType.BFloat16Vector, unaligned(cut))).toBe(
        widened.findIndex((value) => !Number.isFinite(value)),
      );
    }),
  );
});

test('bytes and bits are always numbers', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(findNonFinite(DataType.Int8Vector, all)).toBe(-1);
  expect(findNonFinite(DataType.BinaryVector, all)).toBe(-1);
});
