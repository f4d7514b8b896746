import { setBit } from '../../bitset.ts';
import type { DoubleInterval } from '../evaluate/double-interval.ts';
import type { BytePredicate } from '../text/byte-predicate.ts';
import type { JsonLists } from './json-lists.ts';
import type { JsonPathColumn } from './json-path-column.ts';
import { JSON_KIND } from './json-reader.ts';
import { numberKey } from './number-key.ts';

/**
 * Which JSON values match, by type. A value of a type that is not mentioned does not match, nor does a missing key: so says Milvus
 * (internal/core/src/exec/expression/UnaryExpr.cpp, `UnaryRangeJSONCompare`).
 */
export interface JsonTest {
  readonly numbers?: NumberTest;
  readonly texts?: BytePredicate;
  readonly booleans?: { readonly whenTrue: boolean; readonly whenFalse: boolean };
  readonly lists?: JsonLists;
}

/** Numbers within an interval or of a set; `big` answers for integers that are no safe doubles. */
export type NumberTest =
  | { readonly type: 'interval'; readonly interval: DoubleInterval; readonly big: (value: bigint) => boolean }
  | { readonly type: 'set'; readonly keys: ReadonlySet<number | bigint> };

/** One pass per type that the test mentions; most tests mention one. */
export function runJsonTest(test: JsonTest, values: JsonPathColumn, rowCount: number, out: Uint8Array): void {
  out.fill(0);
  if (test.numbers) testNumbers(test.numbers, values, rowCount, out);
  if (test.texts) testTexts(test.texts, values, rowCount, out);
  if (test.booleans?.whenTrue) testKind(JSON_KIND.true, values.kinds, rowCount, out);
  if (test.booleans?.whenFalse) testKind(JSON_KIND.false, values.kinds, rowCount, out);
  if (test.lists) testLists(test.lists, values, rowCount, out);
}

function testNumbers(test: NumberTest, values: JsonPathColumn, rowCount: number, out: Uint8Array): void {
  const { kinds, numbers, bigs } = values;
  for (const [row, value] of bigs) {
    if (row < rowCount && (test.type === 'set' ? test.keys.has(value) : test.big(value))) setBit(out, row);
  }
  if (numbers.length === 0) return;
  if (test.type === 'interval') {
    const { lo, hi } = test.interval;
    for (let row = 0; row < rowCount; row++) {
      const kind = kinds[row]!;
      const value = numbers[row]!;
      const isNumber = kind === JSON_KIND.integer || kind === JSON_KIND.double;
      if (isNumber && value >= lo && value <= hi) setBit(out, row);
    }
    return;
  }
  for (let row = 0; row < rowCount; row++) {
    const kind = kinds[row]!;
    if (kind !== JSON_KIND.integer && kind !== JSON_KIND.double) continue;
    if (test.keys.has(numberKey(numbers[row]!))) setBit(out, row);
  }
}

function testTexts(test: BytePredicate, values: JsonPathColumn, rowCount: number, out: Uint8Array): void {
  const { kinds, bytes, starts, ends, unescaped } = values;
  const { lengthMin, lengthMax } = test;
  for (const [row, text] of unescaped) {
    const fits = text.length >= lengthMin && text.length <= lengthMax;
    if (row < rowCount && fits && test.matches(text, 0, text.length)) setBit(out, row);
  }
  if (starts.length === 0) return;
  for (let row = 0; row < rowCount; row++) {
    if (kinds[row] !== JSON_KIND.string) continue;
    const start = starts[row]!;
    const end = ends[row]!;
    const length = end - start;
    if (length >= lengthMin && length <= lengthMax && test.matches(bytes, start, end)) setBit(out, row);
  }
}

function testKind(kind: number, kinds: Uint8Array, rowCount: number, out: Uint8Array): void {
  for (let row = 0; row < rowCount; row++) if (kinds[row] === kind) setBit(out, row);
}

function testLists(lists: JsonLists, values: JsonPathColumn, rowCount: number, out: Uint8Array): void {
  const { kinds, bytes, starts, ends } = values;
  for (let row = 0; row < rowCount; row++) {
    if (kinds[row] !== JSON_KIND.array) continue;
    if (lists.indexOf(bytes, starts[row]!, ends[row]!) !== -1) setBit(out, row);
  }
}
