import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderNumbers, orderTexts, type RowOrder } from '../../native/order-rows.ts';

/** The rows of each different value, in the order of the values. */
function runsOf({ order, starts }: RowOrder): number[][] {
  return Array.from(starts.subarray(0, -1), (start, i) => [...order.subarray(start, starts[i + 1])]);
}

function expectedRuns<Value>(values: readonly Value[], compare: (left: Value, right: Value) => number): number[][] {
  const rows = values.map((_, row) => row).sort((a, b) => compare(values[a]!, values[b]!) || a - b);
  const runs: number[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && compare(values[last[0]!]!, values[row]!) === 0) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

describe('the order of rows', () => {
  it('by integers, doubles and texts', async () => {
    const integer = fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    await fc.assert(
      fc.asyncProperty(fc.array(integer, { maxLength: 50 }), async (values) => {
        const runs = runsOf(await orderNumbers(BigInt64Array.from(values)));
        expect(runs).toEqual(expectedRuns(values, (a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
    const double = fc.oneof(fc.constantFrom(0, -0, 1, -1), fc.double({ noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(double, { maxLength: 50 }), async (values) => {
        const runs = runsOf(await orderNumbers(Float64Array.from(values)));
        expect(runs).toEqual(expectedRuns(values, (a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
    const text = fc.oneof(fc.constantFrom('', 'a', 'ab', 'abcdefgh', 'abcdefgh\0', 'abcdefghi'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 50 }), async (values) => {
        const parts = values.map((value) => Buffer.from(value));
        const offsets = Uint32Array.from([0, ...parts.map((_, i) => Buffer.concat(parts.slice(0, i + 1)).length)]);
        const runs = runsOf(await orderTexts(Buffer.concat(parts), offsets));
        expect(runs).toEqual(expectedRuns(parts, Buffer.compare));
      }),
    );
  });

  it('refuses offsets that do not fit the bytes', () => {
    expect(() => orderTexts(new Uint8Array(4), Uint32Array.from([0, 5]))).toThrow('offsets end at 5 of 4 bytes');
    expect(() => orderTexts(new Uint8Array(4), Uint32Array.from([3, 2]))).toThrow('offset 1 is below');
    expect(() => orderTexts(new Uint8Array(4), new Uint32Array(0))).toThrow('at least one entry');
  });
});
