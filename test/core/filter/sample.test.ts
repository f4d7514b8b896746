import { describe, expect, it } from 'vitest';
import { countBits, createBitset } from '../../../core/bitset.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { SCHEMA, sourceOf } from './support.ts';

const rowCount = 20_000;
const source = sourceOf(Array.from({ length: rowCount }, (_, i) => ({ i32: i })));

function sampleOf(text: string, from = 0): { readonly count: number; readonly bits: Uint8Array } {
  const filter = compileFilter(text, SCHEMA);
  const bits = createBitset(rowCount);
  filter.evaluate({ ...source, firstRow: from }, bits);
  return { count: countBits(bits, rowCount), bits };
}

describe('random_sample', () => {
  it.each([0.01, 0.1, 0.5, 0.9])('takes about %s of the rows', (factor) => {
    const deviation = Math.sqrt(rowCount * factor * (1 - factor));
    expect(Math.abs(sampleOf(`random_sample(${factor})`).count - rowCount * factor)).toBeLessThan(6 * deviation);
    const { count } = sampleOf(`i32 < 10000 and random_sample(${factor})`);
    expect(Math.abs(count - 10_000 * factor)).toBeLessThan(6 * deviation);
  });

  it('is another one each time it is compiled, but the same for one filter, piece by piece', () => {
    expect(sampleOf('random_sample(0.5)').bits).not.toEqual(sampleOf('random_sample(0.5)').bits);
    const filter = compileFilter('random_sample(0.5)', SCHEMA);
    const whole = createBitset(rowCount);
    filter.evaluate(source, whole);
    const part = createBitset(800);
    filter.evaluate({ rowCount: 800, firstRow: 8_000, column: () => undefined }, part);
    expect(part).toEqual(whole.subarray(1_000, 1_100));
    expect(filter.isRandom).toBe(true);
    expect(compileFilter('i32 == 1', SCHEMA).isRandom).toBe(false);
  });
});
