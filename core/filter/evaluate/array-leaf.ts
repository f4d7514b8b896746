import { fillBits, setBit } from '../../bitset.ts';
import type { Column } from '../../columns/column.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { ArrayConstants } from '../array/array-constants.ts';
import { arrayElements } from '../array/array-elements.ts';
import type { LiteralValue } from '../syntax/ast.ts';
import { bytesAt, utf8 } from '../text/byte-predicate.ts';
import { COST, type Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows whose array has any, or all, of the constants among its elements. All of no constants are in every row (Milvus, JsonContainsExpr.cpp). */
export function arrayContainsLeaf(
  field: FieldSchema,
  constants: ArrayConstants,
  mode: 'any' | 'all',
  negated: boolean,
): Condition {
  const tests = mode === 'any' ? [constants.anyTest] : constants.eachTest;
  const queries = tests?.map((test) => ({ fieldId: field.id, test }));
  return leaf(
    { fields: [field], costPerRowNs: COST.arrayList, negated, ...(queries && { queries }) },
    ([column], rowCount, out) => {
      if (mode === 'all' && constants.count === 0) {
        fillBits(out, rowCount);
        return;
      }
      const { elements, starts } = arrayElements(asBytes(column), field.elementType!);
      const find = constants.finder(elements);
      out.fill(0);
      if (mode === 'any' || constants.count === 1) markAny(find, starts, rowCount, out);
      else markAll(find, constants, starts, rowCount, out);
    },
  );
}

function markAny(find: (element: number) => number, starts: Uint32Array, rowCount: number, out: Uint8Array): void {
  for (let row = 0; row < rowCount; row++) {
    const end = starts[row + 1]!;
    for (let element = starts[row]!; element < end; element++) {
      if (find(element) === -1) continue;
      setBit(out, row);
      break;
    }
  }
}

function markAll(
  find: (element: number) => number,
  constants: ArrayConstants,
  starts: Uint32Array,
  rowCount: number,
  out: Uint8Array,
): void {
  // The last row that had the constant, plus one.
  const seen = new Uint32Array(constants.numbersMax);
  for (let row = 0; row < rowCount; row++) {
    const end = starts[row + 1]!;
    let missing = constants.count;
    for (let element = starts[row]!; element < end && missing > 0; element++) {
      const number = find(element);
      if (number === -1 || seen[number] === row + 1) continue;
      seen[number] = row + 1;
      missing--;
    }
    if (missing === 0) setBit(out, row);
  }
}

/** Rows whose array has these elements in this order. A constant that no element can equal is undefined. */
export function arrayEqualsLeaf(
  field: FieldSchema,
  values: readonly (LiteralValue | undefined)[],
  negated: boolean,
): Condition {
  const expected = values.map((value) => (typeof value === 'string' ? utf8(value) : value));
  return leaf({ fields: [field], costPerRowNs: COST.arrayList, negated }, ([column], rowCount, out) => {
    const { elements, starts } = arrayElements(asBytes(column), field.elementType!);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const start = starts[row]!;
      if (starts[row + 1]! - start !== expected.length) continue;
      if (expected.every((value, i) => isElement(elements, start + i, value))) setBit(out, row);
    }
  });
}

function isElement(elements: Column, element: number, expected: LiteralValue | Uint8Array | undefined): boolean {
  if (elements.kind === 'fixed') return elements.values[element] === expected;
  const { bytes, offsets } = asBytes(elements);
  const start = offsets[element]!;
  const isLong = expected instanceof Uint8Array && offsets[element + 1]! - start === expected.length;
  return isLong && bytesAt(bytes, start, expected);
}

/** Rows whose array has an element at the index. */
export function elementPresentLeaf(field: FieldSchema, index: number, negated: boolean): Condition {
  return leaf({ fields: [field], costPerRowNs: COST.number, negated }, ([column], rowCount, out) => {
    const { starts } = arrayElements(asBytes(column), field.elementType!);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) if (starts[row + 1]! - starts[row]! > index) setBit(out, row);
  });
}
