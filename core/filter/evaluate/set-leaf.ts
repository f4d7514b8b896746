import { assert } from '../../errors.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { BLOCK_ROWS, halves, loadDoubles, type NarrowValues } from './blocks.ts';
import { COST, type Condition } from './condition.ts';
import type { IntegerSet } from './integer-set.ts';
import { asFixed, leaf } from './leaf.ts';

/** Rows of an integer field whose value is in the set. */
export function integerSetLeaf(field: FieldSchema, set: IntegerSet, negated: boolean): Condition {
  const queries = [{ fieldId: field.id, test: { kind: 'integerSet', set } } as const];
  return leaf({ fields: [field], costPerRowNs: COST.set, negated, queries }, ([column], rowCount, out) => {
    const { values: rows } = asFixed(column);
    out.fill(0);
    if (rows instanceof BigInt64Array) testInt64(halves(rows), set, rowCount, out);
    else testNarrow(rows, set, rowCount, out);
  });
}

/** Rows of a Float or Double field whose value is listed. */
export function doubleSetLeaf(field: FieldSchema, values: readonly number[], negated: boolean): Condition {
  const set = new Set(values);
  const queries = [{ fieldId: field.id, test: { kind: 'doubleSet', values } } as const];
  return leaf({ fields: [field], costPerRowNs: COST.set, negated, queries }, ([column], rowCount, out) => {
    const { values: rows } = asFixed(column);
    assert(!(rows instanceof BigInt64Array), 'Int64 fields have an integer set');
    out.fill(0);
    for (let row = 0; row < rowCount; row++) if (set.has(rows[row]!)) out[row >>> 3]! |= 1 << (row & 7);
  });
}

function testInt64(rows: Int32Array, set: IntegerSet, rowCount: number, out: Uint8Array): void {
  for (let row = 0; row < rowCount; row++) {
    if (set.has(rows[row * 2]!, rows[row * 2 + 1]!)) out[row >>> 3]! |= 1 << (row & 7);
  }
}

function testNarrow(rows: NarrowValues, set: IntegerSet, rowCount: number, out: Uint8Array): void {
  const scratch = new Float64Array(Math.min(BLOCK_ROWS, rowCount));
  for (let from = 0; from < rowCount; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, rowCount);
    const block = loadDoubles(rows, from, to, scratch);
    for (let row = from; row < to; row++) {
      const low = block[row - from]! | 0;
      if (set.has(low, low >> 31)) out[row >>> 3]! |= 1 << (row & 7);
    }
  }
}
