import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { bindBlocks, ScratchBlocks } from '../../../core/filter/evaluate/block-numbers.ts';
import type { NumberExpression } from '../../../core/filter/evaluate/number-expression.ts';
import { FILTER_LIMITS } from '../../../core/filter/filter.ts';
import { rowsOf, SCHEMA, sourceOf } from './support.ts';

/** Each takes some milliseconds (bench tells how many); the bound only tells work in proportion to the limits from work without end. */
const AT_ONCE_MS = 5_000;

function refusedAtOnce(text: string, message: string): void {
  const started = performance.now();
  expect(() => compileFilter(text, SCHEMA)).toThrow(message);
  expect(performance.now() - started).toBeLessThan(AT_ONCE_MS);
}

describe('hostile filters are refused at once', () => {
  const million = 1_000_000;
  it.each([
    ['parentheses', '('.repeat(million)],
    ['closed parentheses', `${'('.repeat(million)}1${')'.repeat(million)}`],
    ['brackets', `id in ${'['.repeat(million)}`],
    ['not', `${'not '.repeat(million)}b == true`],
    ['exclamation marks', `${'!'.repeat(million)}(b == true)`],
    ['minus', `i32 == ${'-'.repeat(million)}i32`],
    ['plus', `i32 == ${'+'.repeat(million)}1`],
    ['exists', `exists ${'('.repeat(million)}j["a"]`],
    ['a sum', `i32 == ${Array(1_000).fill('1').join(' + ')}`],
    ['a power', `i32 == ${Array(1_000).fill('1').join(' ** ')}`],
    ['a chain of comparisons', `${Array(1_000).fill('i32').join(' == ')}`],
    ['functions', `${'json_contains(j, '.repeat(million / 2)}`],
  ])('%s nested too deeply', (_, text) => refusedAtOnce(text, 'nested deeper than 128 levels (depthMax)'));

  it.each([
    ['or', Array.from({ length: 700_000 }, (_, i) => `id == ${i}`).join(' or ')],
    ['and', Array.from({ length: 700_000 }, () => 'i32 > 1').join(' && ')],
    ['constants', Array.from({ length: 700_000 }, () => 'true').join(' or ')],
    ['a path', `j${'["a"]'.repeat(10)} == 1 or `.repeat(20_000)],
  ])('too many terms of %s', (_, text) => refusedAtOnce(text, 'more than 20000 nodes (nodesMax)'));

  it('too long a text', () => {
    refusedAtOnce(`s == "${'x'.repeat(FILTER_LIMITS.textBytesMax)}"`, 'longer than 16777216 bytes (textBytesMax)');
    refusedAtOnce(`s == "${'日'.repeat(FILTER_LIMITS.textBytesMax / 3)}"`, 'longer than 16777216 bytes (textBytesMax)');
  });

  it('too many values', () => {
    refusedAtOnce(`id in [${'1,'.repeat(FILTER_LIMITS.listValuesMax + 1)}]`, 'more than 300000 values (listValuesMax)');
    const nested = `[${'1,'.repeat(FILTER_LIMITS.listValuesMax / 2)}]`;
    refusedAtOnce(`j["a"] in [${nested}, ${nested}]`, 'more than 300000 values (listValuesMax)');
  });

  it('template values too', () => {
    let deep: readonly unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const templates = new Map([
      ['deep', deep as never],
      ['long', Array<bigint>(FILTER_LIMITS.listValuesMax + 1).fill(1n)],
    ]);
    expect(() => compileFilter('j["a"] == {deep}', SCHEMA, templates)).toThrow(
      '{deep} is nested deeper than 128 levels (depthMax)',
    );
    expect(() => compileFilter('id in {long}', SCHEMA, templates)).toThrow(
      '{long} lists more than 300000 values (listValuesMax)',
    );
  });

  it.each([
    ['name', `${'x'.repeat(1_000_000)} == 1 and`, 'expected a value'],
    ['unknown name', `${'x'.repeat(1_000_000)}`, 'predicate is not a boolean expression'],
    ['number', `i32 == ${'1'.repeat(1_000_000)}`, 'is longer than 1100 characters'],
    ['word after a number', `i32 == 1${'.x'.repeat(500_000)}`, 'is longer than 1100 characters'],
    ['function', `${'f'.repeat(1_000_000)}(1)`, 'unknown function fff'],
  ])('a %s of a million letters, with a short message', (_, text, message) => {
    expect(() => compileFilter(text, SCHEMA)).toThrow(
      expect.toSatisfy((error: Error) => error.message.includes(message) && error.message.length < 1_000),
    );
  });

  it('with a short message', () => {
    let message = '';
    try {
      compileFilter(`s == "${'x'.repeat(1_000_000)}" andd`, SCHEMA);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('found andd');
    expect(message.length).toBeLessThan(600);
  });
});

describe('what is large but within the bounds is accepted', () => {
  it.each([
    ['120 parentheses', `${'('.repeat(120)}i32 == 1${')'.repeat(120)}`],
    ['a hundred summands', `i32 == ${Array(100).fill('1').join(' + ')}`],
    ['65 times not', `${'not '.repeat(65)}(i32 == 1)`],
    ['6,000 terms', Array.from({ length: 6_000 }, (_, i) => `id == ${i}`).join(' or ')],
    ['100,000 values', `id in [${Array.from({ length: 100_000 }, (_, i) => i).join(',')}]`],
  ])('%s', (_, text) => expect(() => compileFilter(text, SCHEMA)).not.toThrow());

  it('a chain of equalities is one look-up', () => {
    const keys = compileFilter(Array.from({ length: 6_000 }, (_, i) => `id == ${i}`).join(' or '), SCHEMA).primaryKeys;
    expect(keys).toHaveLength(6_000);
  });
});

it('a broad tree of arithmetic takes memory for its depth, not for its nodes', () => {
  let slots = 0;
  class CountingBlocks extends ScratchBlocks {
    override at(slot: number): Float64Array {
      slots = Math.max(slots, slot + 1);
      return super.at(slot);
    }
  }
  const field = SCHEMA.fields.find((candidate) => candidate.name === 'i32')!;
  let tree: NumberExpression = { kind: 'column', field, isInteger: true };
  for (let depth = 0; depth < 12; depth++) tree = { kind: 'operation', operator: '+', left: tree, right: tree };
  const source = sourceOf(rowsOf('i32', [1, 2, 3]));
  const read = bindBlocks(tree, new Map([[field.id, source.column(field.id)!]]), new CountingBlocks(), 0);
  expect([...read!(0, 3)!.subarray(0, 3)]).toEqual([4096, 8192, 12288]);
  expect(slots).toBe(13);
});
