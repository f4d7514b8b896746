import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { BytePredicate } from '../text/byte-predicate.ts';
import { compareBytes } from '../text/byte-predicate.ts';
import type { Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows of a VarChar field that match. */
export function textLeaf(
  field: FieldSchema,
  predicate: BytePredicate,
  costPerRowNs: number,
  negated: boolean,
): Condition {
  const queries = [{ fieldId: field.id, test: { kind: 'texts', predicate } } as const];
  return leaf({ fields: [field], costPerRowNs, negated, queries }, ([column], rowCount, out) => {
    const { bytes, offsets } = asBytes(column);
    testTexts(bytes, offsets, rowCount, predicate, out);
  });
}

/** Rows in which two VarChar fields compare as `accepts` says of their order (below zero, zero, above zero). */
export function textOrderLeaf(
  fields: readonly [FieldSchema, FieldSchema],
  accepts: (order: number) => boolean,
  costPerRowNs: number,
  negated: boolean,
): Condition {
  return leaf({ fields, costPerRowNs, negated }, ([first, second], rowCount, out) => {
    const left = asBytes(first);
    const right = asBytes(second);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const other = right.bytes.subarray(right.offsets[row], right.offsets[row + 1]);
      const order = compareBytes(left.bytes, left.offsets[row]!, left.offsets[row + 1]!, other);
      if (accepts(order)) out[row >>> 3]! |= 1 << (row & 7);
    }
  });
}

function testTexts(
  bytes: Uint8Array,
  offsets: Uint32Array,
  rowCount: number,
  predicate: BytePredicate,
  out: Uint8Array,
): void {
  const { lengthMin, lengthMax } = predicate;
  let start = offsets[0]!;
  for (let row = 0, byte = 0; row < rowCount; byte++) {
    const groupEnd = Math.min(row + 8, rowCount);
    let bits = 0;
    for (let k = 0; row < groupEnd; k++, row++) {
      const end = offsets[row + 1]!;
      const length = end - start;
      if (length >= lengthMin && length <= lengthMax && predicate.matches(bytes, start, end)) bits |= 1 << k;
      start = end;
    }
    out[byte] = bits;
  }
}
