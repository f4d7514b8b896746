import { expect, test } from 'vitest';
import { decodeArray, encodeArray } from '../../../core/columns/array-values.ts';
import type { BytesColumn, Column } from '../../../core/columns/column.ts';
import { bytesAt, bytesColumnFrom, fixedColumn, textAt } from '../../../core/columns/column-operations.ts';
import { changeArrays } from '../../../core/rows/array-operations.ts';
import { completeRows } from '../../../core/rows/complete-rows.ts';
import { mergeDocuments } from '../../../core/rows/merge-documents.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { field, schemaOf } from '../../node/segment/fixture.ts';

const tags = field(1, 'tags', DataType.Array, { elementType: DataType.Int32, maxCapacity: 4 });
const arrays = (rows: readonly (readonly number[] | undefined)[]) =>
  bytesColumnFrom(
    DataType.Array,
    rows.map((row) => row && encodeArray(DataType.Int32, row)),
  );
const valuesOf = (column: BytesColumn) =>
  Array.from({ length: column.rowCount }, (_, row) =>
    column.valid?.[row] === 0 ? null : decodeArray(DataType.Int32, bytesAt(column, row)),
  );

test('arrays grow behind, lose every equal element, and never exceed their capacity', () => {
  const old = arrays([[1, 2, 1], [], undefined, [5]]);
  const sent = arrays([[1], [7, 7], [3], undefined]);
  expect(valuesOf(changeArrays(tags, 'append', old, sent))).toEqual([[1, 2, 1, 1], [7, 7], [3], [5]]);
  expect(valuesOf(changeArrays(tags, 'remove', old, sent))).toEqual([[2], [], null, [5]]);
  expect(() => changeArrays(tags, 'append', old, arrays([[1, 1], [], [], []]))).toThrow('exceeds max capacity (4)');
});

test('dynamic keys that were not sent stay, and no number loses a digit', () => {
  const old = bytesColumnFrom(DataType.JSON, ['{"a":12345678901234567890,"b":"x","c":{"d":[1]}}', '{}', '{"a":1}']);
  const sent = bytesColumnFrom(DataType.JSON, ['{"b":9007199254740993}', '{"a":2}', '{}']);
  const merged = mergeDocuments(old, sent) as BytesColumn;
  expect([0, 1, 2].map((row) => textAt(merged, row))).toEqual([
    '{"a":12345678901234567890,"c":{"d":[1]},"b":9007199254740993}',
    '{"a":2}',
    '{"a":1}',
  ]);
});

test('what was not sent comes of the stored row, or is the default, or null', async () => {
  const schema = schemaOf([
    field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
    field(101, 'size', DataType.Int32, { defaultValue: 9 }),
    field(102, 'name', DataType.VarChar, { nullable: true, maxLength: 10 }),
  ]);
  const sent = { rowCount: 3, columns: new Map([[100, fixedColumn(DataType.Int64, BigInt64Array.of(1n, 2n, 3n))]]) };
  const stored = new Map<number, Column>([
    [101, fixedColumn(DataType.Int32, Int32Array.of(30, 10))],
    [102, bytesColumnFrom(DataType.VarChar, ['c', undefined])],
  ]);
  const old = { columns: stored, rowOf: Int32Array.of(1, -1, 0) };
  const { columns } = await completeRows(schema, sent, old, new Map());
  const sizes = columns.get(101)!;
  expect(sizes.kind === 'fixed' && [...sizes.values]).toEqual([10, 9, 30]);
  const names = columns.get(102) as BytesColumn;
  expect([...names.valid!]).toEqual([0, 0, 1]);
  expect(textAt(names, 2)).toBe('c');
});
