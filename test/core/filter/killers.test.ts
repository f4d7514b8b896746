import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { matching, rowsOf, SCHEMA, sourceOf } from './support.ts';

/** What each may take (0.2 to 20 ms measured), and how much more a loaded machine and cold code are granted. */
const KILLER_MS = 100;
const LENIENCE = 5;

/** Filters that brought other servers down. Measured in CPU time of this thread: other processes do not count. */
describe('killers end at once', () => {
  const million = 1_000_000;
  const terms = Array.from({ length: 700_000 }, (_, i) => `i32 == ${i}`);
  it.each([
    ['a million round brackets', '('.repeat(million), 'nested deeper than 128 levels (depthMax)'],
    [
      'a million round brackets, closed',
      `${'('.repeat(million)}1${')'.repeat(million)}`,
      'nested deeper than 128 levels',
    ],
    ['a million square brackets', `i32 in ${'['.repeat(million)}`, 'nested deeper than 128 levels (depthMax)'],
    ['a chain of 700,000 or', terms.join(' or '), 'more than 20000 nodes (nodesMax)'],
    ['a chain of 700,000 ||', terms.join(' || '), 'more than 20000 nodes (nodesMax)'],
    ['division by zero', 'i32 / 0 == 1', 'division or modulus by zero'],
    ['modulo zero', 'i32 % 0 == 1', 'division or modulus by zero'],
    ['division of constants by zero', '1 / 0 == i32', 'division or modulus by zero'],
  ])('%s: an error', (_, text, message) => {
    const before = process.threadCpuUsage();
    expect(() => compileFilter(text, SCHEMA)).toThrow(message);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(KILLER_MS * LENIENCE);
  });

  it('division by a field that is zero in some rows: a result', () => {
    const rows = sourceOf(rowsOf('i32', [0, 1, 2, null, -2_147_483_648]));
    expect(matching('10 / i32 == 5', rows)).toEqual([2]);
    expect(matching('not (10 / i32 == 5)', rows)).toEqual([1, 4]);
    expect(matching('10 % (i32 - i32) == 0 or i32 == 0', rows)).toEqual([0]);
  });
});
