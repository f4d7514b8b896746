import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../core/columns/column.ts';
import {
  bytesColumnFrom,
  concatColumns,
  emptyColumn,
  fixedColumn,
  gatherColumn,
  keyAt,
  pickRows,
  sliceColumn,
  textAt,
  vectorColumn,
} from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';

type Value = number | string | bigint | undefined;

function values(column: Column): Value[] {
  return Array.from({ length: column.rowCount }, (_, row) => {
    if (column.valid?.[row] === 0) return undefined;
    if (column.kind === 'bytes') return textAt(column, row);
    if (column.kind === 'fixed') return column.values[row];
    return column.data.subarray(row * column.rowBytes, (row + 1) * column.rowBytes).join();
  });
}

/** Columns of every kind from numbers; undefined is null. */
const MAKERS: Record<string, (rows: readonly (number | undefined)[]) => Column> = {
  int32: (rows) =>
    fixedColumn(
      DataType.Int32,
      Int32Array.from(rows, (row) => row ?? 0),
      validOf(rows),
    ),
  int64: (rows) =>
    fixedColumn(
      DataType.Int64,
      BigInt64Array.from(rows, (row) => BigInt(row ?? 0)),
      validOf(rows),
    ),
  bool: (rows) =>
    fixedColumn(
      DataType.Bool,
      Uint8Array.from(rows, (row) => (row ?? 0) & 1),
      validOf(rows),
    ),
  text: (rows) =>
    bytesColumnFrom(
      DataType.VarChar,
      rows.map((row) => (row === undefined ? row : 'ä'.repeat(row % 5) + row)),
    ),
  vector: (rows) => {
    const data = Uint8Array.from(rows.flatMap((row) => [row ?? 0, 1, 2, 3]));
    return vectorColumn(DataType.Int8Vector, 4, 4, data, validOf(rows));
  },
};

function validOf(rows: readonly (number | undefined)[]): Uint8Array | undefined {
  return rows.includes(undefined) ? Uint8Array.from(rows, (row) => (row === undefined ? 0 : 1)) : undefined;
}

const anyRows = fc.array(fc.option(fc.nat(100), { nil: undefined, freq: 5 }), { maxLength: 30 });

describe.each(Object.entries(MAKERS))('columns of %s', (_, make) => {
  test('slice, concatenate and gather as arrays do', () => {
    fc.assert(
      fc.property(anyRows, anyRows, fc.nat(30), fc.nat(30), fc.array(fc.nat(1_000)), (left, right, a, b, picks) => {
        const all = [...left, ...right];
        const wanted = values(make(all));
        const [from, to] = [Math.min(a, b, left.length), Math.min(Math.max(a, b), left.length)];
        expect(values(sliceColumn(make(left), from, to))).toEqual(values(make(left)).slice(from, to));
        const whole = concatColumns([
          sliceColumn(make(all), 0, left.length),
          sliceColumn(make(all), left.length, all.length),
        ]);
        expect(values(whole)).toEqual(wanted);
        if (all.length === 0) return;
        const rows = Uint32Array.from(picks, (pick) => pick % all.length);
        expect(values(gatherColumn(make(all), rows))).toEqual(Array.from(rows, (row) => wanted[row]));
        expect(values(gatherColumn(whole, rows))).toEqual(Array.from(rows, (row) => wanted[row]));
      }),
    );
  });

  test('are picked from by list and row', () => {
    const lists = [[1, undefined, 3], [4, 5], [], [6, undefined]];
    const columns = lists.map(make);
    const parts = Uint32Array.of(3, 0, 1, 1, 0, 3, 0);
    const rows = Uint32Array.of(0, 2, 1, 1, 1, 1, 0);
    const wanted = Array.from(parts, (part, i) => values(columns[part]!)[rows[i]!]);
    expect(values(pickRows(columns, parts, rows))).toEqual(wanted);
    const whole = concatColumns(columns);
    const sliced = [
      sliceColumn(whole, 0, 3),
      sliceColumn(whole, 3, 5),
      sliceColumn(whole, 5, 5),
      sliceColumn(whole, 5, 7),
    ];
    expect(values(pickRows(sliced, parts, rows))).toEqual(wanted);
    expect(values(pickRows([columns[0]!], Uint32Array.of(0), Uint32Array.of(2)))).toEqual([values(columns[0]!)[2]]);
  });
});

test('an empty column holds nulls or zeroes', () => {
  expect(values(emptyColumn(DataType.Int64, 2))).toEqual([undefined, undefined]);
  expect(values(emptyColumn(DataType.Int64, 2, 0, 0, false))).toEqual([0n, 0n]);
  expect(values(emptyColumn(DataType.VarChar, 1))).toEqual([undefined]);
  expect(emptyColumn(DataType.FloatVector, 3, 8, 2)).toMatchObject({ rowCount: 3, rowBytes: 8, dimension: 2 });
});

test('keys are read as numbers or texts', () => {
  expect(keyAt(MAKERS['int64']!([5]), 0)).toBe(5n);
  expect(keyAt(MAKERS['text']!([3]), 0)).toBe('äää3');
});

test('nothing can be made of no columns', () => {
  expect(() => concatColumns([])).toThrow('no columns');
  expect(() => pickRows([], new Uint32Array(0), new Uint32Array(0))).toThrow('no columns');
});
