import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { FILTER_LIMITS } from '../../../core/filter/filter.ts';
import { SCHEMA } from './support.ts';

/** Each takes a few milliseconds; the bound only tells "at once" from "for a while" on a busy machine. */
const AT_ONCE_MS = 1_000;

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
    refusedAtOnce(
      `id in [${'1,'.repeat(FILTER_LIMITS.listValuesMax + 1)}]`,
      'more than 1000000 values (listValuesMax)',
    );
    const nested = `[${'1,'.repeat(FILTER_LIMITS.listValuesMax / 2)}]`;
    refusedAtOnce(`j["a"] in [${nested}, ${nested}]`, 'more than 1000000 values (listValuesMax)');
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
      '{long} lists more than 1000000 values (listValuesMax)',
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
