import { describe, expect, it } from 'vitest';
import { createBitset, testBit } from '../../../core/bitset.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { FilterCache } from '../../../core/filter/filter-cache.ts';
import { matching, SCHEMA, sourceOf } from './support.ts';

const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;
const rows = sourceOf([
  { at: micros('2025-01-01T00:00:00Z') },
  { at: micros('2025-01-31T12:00:00Z') + 7n },
  { at: micros('2024-02-29T00:00:00Z') },
  { at: null },
  { at: micros('1969-12-31T23:59:59.999Z') + 999n },
]);

describe('timestamps', () => {
  it.each<[string, number[]]>([
    ["at == ISO '2025-01-01T00:00:00Z'", [0]],
    ["at != ISO '2025-01-01T00:00:00Z'", [1, 2, 4]],
    ["at == iso '2025-01-01T08:00:00+08:00'", [0]],
    ["ISO '2025-01-01' <= at", [0, 1]],
    ["at > ISO '2025-01-31T12:00:00.000006Z'", [1]],
    ["at >= ISO '2025-01-31T12:00:00.000008Z'", []],
    ["at < ISO '1970-01-01T00:00:00Z'", [4]],
    ["at + INTERVAL 'P1D' > ISO '2025-02-01T12:00:00Z'", [1]],
    ["at - interval 'PT1H' < ISO '2024-12-31T23:00:01Z'", [0, 2, 4]],
    ["at + INTERVAL 'P1M' == ISO '2025-02-01'", [0]],
    // January 31 and a month: February has no such day, so it is March 3.
    ["at + INTERVAL 'P1M' == ISO '2025-03-03T12:00:00.000007Z'", [1]],
    ["at + INTERVAL 'P1Y' == ISO '2025-03-01'", [2]],
    ["at - INTERVAL 'P1Y2M' == ISO '2023-11-01'", [0]],
    ["at + INTERVAL 'P1M1D' == ISO '2025-02-02'", [0]],
    ["at + INTERVAL 'P1M' != ISO '2025-02-01'", [1, 2, 4]],
    ["at + INTERVAL 'P1M' < ISO '1970-01-31T23:59:59.999999Z'", []],
    ["at + INTERVAL 'P1M' <= ISO '1970-01-31T23:59:59.999999Z'", [4]],
    ["at + INTERVAL 'P300000Y' > ISO '2025-02-01'", []],
    ['at is null', [3]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it('without an offset are meant in the zone of the request', () => {
    const rowsIn = (text: string, zone: string) => {
      const out = createBitset(rows.rowCount);
      compileFilter(text, SCHEMA, undefined, zone).evaluate(rows, out);
      return Array.from({ length: rows.rowCount }, (_, row) => row).filter((row) => testBit(out, row));
    };
    expect(rowsIn("at == ISO '2025-01-01T08:00:00'", 'Asia/Shanghai')).toEqual([0]);
    expect(rowsIn("at == ISO '2025-01-01T08:00:00'", 'UTC')).toEqual([]);
    expect(rowsIn("at == ISO '2025-01-01T00:00:00Z'", 'Asia/Shanghai')).toEqual([0]);
    const cache = new FilterCache();
    const compile = (zone: string) => cache.compile("at > ISO '2025-01-01'", 7, SCHEMA, undefined, zone);
    expect(compile('Asia/Shanghai')).not.toBe(compile('UTC'));
  });
});
