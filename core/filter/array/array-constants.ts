import type { Column } from '../../columns/column.ts';
import { DataType } from '../../schema/data-type.ts';
import { halves } from '../evaluate/blocks.ts';
import { exactDouble, exactInteger, inPrecisionOf } from '../evaluate/exact-constants.ts';
import { IntegerSet } from '../evaluate/integer-set.ts';
import { asBytes, asFixed } from '../evaluate/leaf.ts';
import type { ValueTest } from '../index-lookup.ts';
import type { LiteralValue } from '../syntax/ast.ts';
import { utf8 } from '../text/byte-predicate.ts';
import { TextEqual } from '../text/text-equal.ts';
import { TextSet } from '../text/text-set.ts';

/** Constants that are looked for among the elements of arrays, each found by a hash look-up over the elements' own bytes. */
export interface ArrayConstants {
  /** Different constants, those included that no element can equal. */
  readonly count: number;
  /** Elements that equal one of them, and for each those that equal it; the latter undefined if there are many. */
  readonly anyTest: ValueTest;
  readonly eachTest: readonly ValueTest[] | undefined;
  /** Larger than every number that a finder gives. */
  readonly numbersMax: number;
  /** Tells of an element which constant it equals (a number of its own for each), or -1. */
  finder(elements: Column): (element: number) => number;
}

/** Constants that are looked for one by one in an index. */
const EACH_MAX = 16;

/** The values fit the element type (check/constant-test.ts, `fits`). */
export function arrayConstants(elementType: DataType, values: readonly LiteralValue[]): ArrayConstants {
  if (elementType === DataType.VarChar) return textConstants(values as readonly string[]);
  const numbers = values.map((value) => (typeof value === 'boolean' ? BigInt(value) : (value as number | bigint)));
  if (elementType === DataType.Float || elementType === DataType.Double) {
    return doubleConstants(numbers.map((value) => exactDouble(inPrecisionOf(elementType, value))));
  }
  return integerConstants(numbers.map(exactInteger));
}

function textConstants(values: readonly string[]): ArrayConstants {
  const texts = [...new Set(values)];
  const set = new TextSet(texts);
  return {
    anyTest: { kind: 'texts', predicate: set },
    eachTest: each(texts, (text) => ({ kind: 'texts', predicate: new TextEqual(utf8(text)) })),
    count: texts.length,
    numbersMax: texts.length,
    finder(elements) {
      const { bytes, offsets } = asBytes(elements);
      return (element) => set.indexOf(bytes, offsets[element]!, offsets[element + 1]!);
    },
  };
}

/** A map finds -0 where 0 is looked for, and the other way round. */
function doubleConstants(values: readonly (number | undefined)[]): ArrayConstants {
  const numberOf = new Map<number | undefined, number>();
  for (const value of values) if (!numberOf.has(value)) numberOf.set(value, numberOf.size);
  const found = [...numberOf.keys()];
  return {
    anyTest: { kind: 'doubleSet', values: found.filter((value) => value !== undefined) },
    eachTest: each(found, (value) => ({ kind: 'doubleSet', values: value === undefined ? [] : [value] })),
    count: numberOf.size,
    numbersMax: numberOf.size,
    finder(elements) {
      const { values: numbers } = asFixed(elements);
      return (element) => numberOf.get(numbers[element] as number) ?? -1;
    },
  };
}

function integerConstants(values: readonly (bigint | undefined)[]): ArrayConstants {
  const set = new IntegerSet(values.filter((value) => value !== undefined));
  const different = [...new Set(values)];
  return {
    anyTest: { kind: 'integerSet', set },
    eachTest: each(different, (value) => ({
      kind: 'integerSet',
      set: new IntegerSet(value === undefined ? [] : [value]),
    })),
    count: different.length,
    numbersMax: set.capacity,
    finder(elements) {
      const { values: integers } = asFixed(elements);
      if (integers instanceof BigInt64Array) {
        const pairs = halves(integers);
        return (element) => set.indexOf(pairs[element * 2]!, pairs[element * 2 + 1]!);
      }
      return (element) => {
        const low = integers[element]!;
        return set.indexOf(low, low >> 31);
      };
    },
  };
}

function each<Value>(values: readonly Value[], testOf: (value: Value) => ValueTest): readonly ValueTest[] | undefined {
  return values.length <= EACH_MAX ? values.map(testOf) : undefined;
}
