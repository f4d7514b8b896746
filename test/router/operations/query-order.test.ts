import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { firstRows, rowRange } from '../../../router/operations/reads/order/first-rows.ts';
import { parseOrder } from '../../../router/operations/reads/order/parse-order.ts';
import { testSchema } from '../fakes/test-schema.ts';

test('the first rows are those of sorting all of them', async () => {
  const row = fc.record({ size: fc.option(fc.bigInt(-3n, 3n)), name: fc.constantFrom('a', 'ä', 'b', '') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.nat(70),
      async (rows, down, nameDown, nullsFirst, count) => {
        const valid = Uint8Array.from(rows, ({ size }) => (size === null ? 0 : 1));
        const sizes = fixedColumn(
          DataType.Int64,
          BigInt64Array.from(rows, ({ size }) => size ?? 0n),
          valid,
        );
        const names = bytesColumnFrom(
          DataType.VarChar,
          rows.map(({ name }) => name),
        );
        const columns = [
          { column: sizes, path: undefined, isDescending: down, nullsFirst },
          { column: names, path: undefined, isDescending: nameDown, nullsFirst: false },
        ];
        const sign = (left: bigint | number, right: bigint | number) => (left < right ? -1 : left > right ? 1 : 0);
        const expected = rows
          .map((_, i) => i)
          .sort((l, r) => {
            const none = down === nullsFirst ? 100n : -100n;
            const bySize = sign(rows[l]!.size ?? none, rows[r]!.size ?? none) * (down ? -1 : 1);
            const byName = Buffer.compare(Buffer.from(rows[l]!.name), Buffer.from(rows[r]!.name)) * (nameDown ? -1 : 1);
            return bySize || byName || l - r;
          });
        expect([...(await firstRows(columns, rowRange(0, rows.length), count))]).toEqual(expected.slice(0, count));
      },
    ),
  );
});

test('many rows are taken in pieces', async () => {
  const values = Int32Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 20_011);
  const column = fixedColumn(DataType.Int32, values);
  const first = await firstRows(
    [{ column, path: undefined, isDescending: true, nullsFirst: true }],
    rowRange(0, values.length),
    5,
  );
  expect([...first].map((row) => values[row])).toEqual([...values].sort((l, r) => r - l).slice(0, 5));
});

test('JSON values: nulls and missing ones apart, then by type, then by value', async () => {
  const values = ['"b"', '2', 'null', 'true', '"a"', '10', 'false', undefined, '9007199254740993', '[2]', '[1]'];
  const column = bytesColumnFrom(
    DataType.JSON,
    values.map((value) => (value === undefined ? '{}' : `{"a": ${value}}`)),
  );
  const order = async (isDescending: boolean, nullsFirst: boolean) => {
    const rows = await firstRows([{ column, path: ['a'], isDescending, nullsFirst }], rowRange(0, values.length), 20);
    return Array.from(rows, (row) => values[row]);
  };
  const up = ['"a"', '"b"', '2', '10', '9007199254740993', '[1]', '[2]', 'false', 'true'];
  expect(await order(false, false)).toEqual([...up, 'null', undefined]);
  expect(await order(true, true)).toEqual(['null', undefined, ...up.toReversed()]);
});

test('terms are names with a direction and a place of nulls', () => {
  const terms = parseOrder('"color:desc, id,rank:asc:nulls_first"', testSchema());
  expect(
    terms.map(({ field, path, isDescending, nullsFirst }) => [field.name, path, isDescending, nullsFirst]),
  ).toEqual([
    ['color', undefined, true, true],
    ['id', undefined, false, false],
    ['$meta', ['rank'], false, true],
  ]);
  expect(() => parseOrder('color:up', testSchema())).toThrow("invalid order direction 'up' for field 'color'");
  expect(() => parseOrder('color:asc:up', testSchema())).toThrow("invalid null ordering 'up'");
  const schema = testSchema();
  const closed = { ...schema, fields: schema.fields.filter(({ isDynamic }) => !isDynamic) };
  expect(() => parseOrder('nope', closed)).toThrow("order_by field 'nope' does not exist in collection schema");
  expect(() => parseOrder('vector', testSchema())).toThrow("'vector' has type FloatVector which is not sortable");
});
