import { expect, test } from 'vitest';
import type { Column } from '../../../core/columns/column.ts';
import { fixedColumn } from '../../../core/columns/column-operations.ts';
import type { Filter } from '../../../core/filter/filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { FilterResults } from '../../../node/segment/filter-results.ts';
import { GrowableColumn } from '../../../node/segment/growable-column.ts';
import { LIMITS } from '../../../node/segment/limits.ts';
import { offsetsOf } from '../../../node/segment/row-bits.ts';

function columnsOf(count: number): Map<number, GrowableColumn> {
  const column = new GrowableColumn(DataType.Int32);
  column.append(
    fixedColumn(
      DataType.Int32,
      Int32Array.from({ length: count }, (_, i) => i),
    ),
  );
  return new Map([[101, column]]);
}

/** Passes multiples of a number, and counts the rows it looked at. */
interface CountingFilter extends Filter {
  rows: number;
  evaluate: Filter['evaluate'];
}

function multiples(of: number): CountingFilter {
  const filter: CountingFilter = {
    text: `n % ${of} == 0`,
    fieldIds: [101],
    primaryKeys: undefined,
    isRandom: false,
    elements: undefined,
    zone: 'UTC',
    fromIndexes: () => undefined,
    costPerRowNs: of,
    rows: 0,
    evaluate: (source, out) => {
      filter.rows += source.rowCount;
      const { values } = source.column(101) as Column & { readonly values: Int32Array };
      out.fill(0);
      for (let i = 0; i < source.rowCount; i++) if (values[i]! % of === 0) out[i >>> 3]! |= 1 << (i & 7);
    },
  };
  return filter;
}

test('a filter is evaluated once, and later for new rows only', async () => {
  const columns = columnsOf(50_001);
  const results = new FilterResults({ columns: columns });
  const filter = multiples(7);
  const [first, second] = await Promise.all([results.rows(filter, 50_001, []), results.rows(filter, 50_001, [])]);
  expect(filter.rows).toBe(50_001);
  expect(first.count).toBe(7_143);
  expect(second.bits).toBe(first.bits);
  columns.get(101)!.append(
    fixedColumn(
      DataType.Int32,
      Int32Array.from({ length: 10 }, (_, i) => 50_001 + i),
    ),
  );
  const grown = await results.rows(filter, 50_011, []);
  expect(filter.rows).toBe(50_001 + 11);
  expect(Array.from(offsetsOf(grown, 50_011)).at(-1)).toBe(50_008);
  expect((await results.rows(filter, 50_001, [])).count).toBe(7_143);
});

test('what is kept is bounded, and weighed as it grows', async () => {
  const results = new FilterResults({ columns: columnsOf(10_000) });
  const bytesEach = Math.ceil(10_000 / 32) * 4 * 2;
  await results.rows(multiples(1), 10_000, []);
  expect(results.memoryBytes).toBe(bytesEach);
  for (let i = 2; i < LIMITS.filterEntriesMax * 2; i++) await results.rows(multiples(i), 10_000, []);
  expect(results.memoryBytes).toBe(LIMITS.filterEntriesMax * bytesEach);
});

test('a filter that throws fails its callers, and the next one may succeed', async () => {
  const results = new FilterResults({ columns: columnsOf(100) });
  const filter = multiples(3);
  const evaluate = filter.evaluate;
  filter.evaluate = () => {
    throw new Error('no');
  };
  await expect(results.rows(filter, 100, [])).rejects.toThrow('no');
  filter.evaluate = evaluate;
  expect((await results.rows(filter, 100, [])).count).toBe(34);
});
