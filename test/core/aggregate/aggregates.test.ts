import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAccumulator, createMerger } from '../../../core/aggregate/create-accumulator.ts';
import { GroupTable, rowCodes } from '../../../core/aggregate/group-table.ts';
import { type BytesColumn, type Column, type FixedColumn, isPresent } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, textAt } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';

interface Row {
  readonly group: bigint | null;
  readonly name: string;
  readonly wide: bigint | null;
  readonly number: number;
}

const rowOf = fc.record({
  group: fc.option(fc.constantFrom(1n, 2n, 2n ** 60n, 2n ** 60n + 1n)),
  name: fc.constantFrom('', 'a', 'ä', 'b'),
  wide: fc.option(fc.bigInt(-(2n ** 62n), 2n ** 62n)),
  number: fc.integer({ min: -100, max: 100 }),
});

function wideColumn(values: readonly (bigint | null)[]): Column {
  const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  return fixedColumn(
    DataType.Int64,
    BigInt64Array.from(values, (value) => value ?? 0n),
    valid,
  );
}

function valueAt(column: Column, row: number): unknown {
  if (!isPresent(column, row)) return null;
  return column.kind === 'fixed' ? (column as FixedColumn).values[row] : textAt(column as BytesColumn, row);
}

const OPERATORS = ['count', 'sum', 'min', 'max'] as const;

/** Groups and aggregates of one piece of rows, as a node computes them. */
function aggregate(rows: readonly Row[]): { keys: string[]; columns: Column[] } {
  const table = new GroupTable(true, 1_000);
  const accumulators = OPERATORS.map((operator) => createAccumulator(operator, DataType.Int64));
  const smallest = createAccumulator('min', DataType.VarChar);
  const largest = createAccumulator('max', DataType.Int32);
  const keys: string[] = [];
  for (let from = 0; from < rows.length; from += 7) {
    const piece = rows.slice(from, from + 7);
    const names = bytesColumnFrom(
      DataType.VarChar,
      piece.map(({ name }) => name),
    );
    const codes = [rowCodes(wideColumn(piece.map(({ group }) => group))), rowCodes(names)];
    const groups = table.assign(
      codes,
      piece.length,
      (row) => piece[row]!.number !== 50,
      (row) => keys.push(keyOf(piece[row]!)),
    );
    const wide = wideColumn(piece.map((row) => row.wide));
    for (const accumulator of accumulators) accumulator.add(wide, groups, table.count);
    smallest.add(names, groups, table.count);
    const numbers = Int32Array.from(piece, ({ number }) => number);
    largest.add(fixedColumn(DataType.Int32, numbers), groups, table.count);
  }
  return { keys, columns: [...accumulators, smallest, largest].map((one) => one.result(table.count)) };
}

function keyOf({ group, name }: Row): string {
  return `${group}/${name}`;
}

function naive(rows: readonly Row[]): Map<string, unknown[]> {
  const groups = Map.groupBy(
    rows.filter(({ number }) => number !== 50),
    keyOf,
  );
  const order = (values: readonly bigint[]): bigint[] => [...values].sort((l, r) => (l < r ? -1 : 1));
  return new Map(
    Array.from(groups, ([key, members]) => {
      const wide = order(members.flatMap(({ wide }) => (wide === null ? [] : [wide])));
      const sum = wide.length === 0 ? null : wide.reduce((total, value) => total + value, 0n);
      const largest = Math.max(...members.map(({ number }) => number));
      return [key, [BigInt(wide.length), sum, wide[0] ?? null, wide.at(-1) ?? null, members[0]!.name, largest]];
    }),
  );
}

const inRange = (rows: readonly Row[]): boolean =>
  [...naive(rows).values()].every(([, sum]) => sum === null || BigInt.asIntN(64, sum as bigint) === sum);

test('groups and aggregates are those of looking at every row', () => {
  fc.assert(
    fc.property(fc.array(rowOf, { maxLength: 60 }).filter(inRange), (rows) => {
      const { keys, columns } = aggregate(rows);
      const found = new Map(keys.map((key, group) => [key, columns.map((column) => valueAt(column, group))]));
      expect(found).toEqual(naive(rows));
    }),
  );
});

test('parts meet: the aggregates of parts are those of the whole', () => {
  fc.assert(
    fc.property(fc.array(rowOf, { maxLength: 60 }).filter(inRange), fc.nat(60), (rows, cut) => {
      const parts = [aggregate(rows.slice(0, cut)), aggregate(rows.slice(cut))];
      const keys = [...new Set(parts.flatMap((part) => part.keys))];
      const types = [DataType.Int64, DataType.Int64, DataType.Int64, DataType.Int64, DataType.VarChar, DataType.Int32];
      const operators = [...OPERATORS, 'min', 'max'] as const;
      const mergers = operators.map((operator, i) => createMerger(operator, types[i]!));
      for (const part of parts) {
        const groups = Int32Array.from(part.keys, (key) => keys.indexOf(key));
        mergers.forEach((merger, i) => {
          merger.add(part.columns[i]!, groups, keys.length);
        });
      }
      const columns = mergers.map((merger) => merger.result(keys.length));
      const found = new Map(keys.map((key, group) => [key, columns.map((column) => valueAt(column, group))]));
      expect(found).toEqual(naive(rows));
    }),
  );
});

test('a sum beyond 64 bits is an error; of floating-point numbers it is a double', () => {
  const sum = createAccumulator('sum', DataType.Int64);
  const extreme = wideColumn([2n ** 63n - 1n, 2n ** 63n - 1n, -(2n ** 63n)]);
  sum.add(extreme, new Int32Array(3), 1);
  expect(valueAt(sum.result(1), 0)).toBe(2n ** 63n - 2n);
  sum.add(extreme, new Int32Array(3), 1);
  expect(() => sum.result(1)).toThrow(`a sum of ${2n ** 64n - 4n} is beyond the range of Int64`);
  const floats = createAccumulator('sum', DataType.Float);
  floats.add(fixedColumn(DataType.Float, Float32Array.of(0.5, 1e30)), new Int32Array(2), 1);
  expect(floats.result(1)).toMatchObject({
    dataType: DataType.Double,
    values: Float64Array.of(Math.fround(1e30) + 0.5),
  });
});

test('without columns to group by there is one group, also of no rows; groups have a limit', () => {
  expect(new GroupTable(false, 10).count).toBe(1);
  expect(valueAt(createMerger('count', DataType.Int64).result(1), 0)).toBe(0n);
  expect(valueAt(createMerger('sum', DataType.Int64).result(1), 0)).toBeNull();
  const table = new GroupTable(true, 2);
  const codes = rowCodes(fixedColumn(DataType.Int32, Int32Array.of(1, 2, 3)));
  const assign = () =>
    table.assign(
      [codes],
      3,
      () => true,
      () => {},
    );
  expect(assign).toThrow('too many groups: there are more than 2');
});
