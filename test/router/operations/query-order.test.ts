import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { firstRows } from '../../../router/operations/reads/order/first-rows.ts';
import { parseOrder } from '../../../router/operations/reads/order/parse-order.ts';
import { testSchema } from '../fakes/test-schema.ts';

test('the first rows are those of sorting all of them', async () => {
  const row = fc.record({ size: fc.option(fc.bigInt(-3n, 3n)), name: fc.constantFrom('a', 'ä', 'b', '') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.boolean(),
      fc.boolean(),
      fc.nat(70),
      async (rows, down, nameDown, count) => {
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
          { column: sizes, isDescending: down },
          { column: names, isDescending: nameDown },
        ];
        const sign = (left: bigint | number, right: bigint | number) => (left < right ? -1 : left > right ? 1 : 0);
        const expected = rows
          .map((_, i) => i)
          .sort((l, r) => {
            const bySize = sign(rows[l]!.size ?? -100n, rows[r]!.size ?? -100n) * (down ? -1 : 1);
            const byName = Buffer.compare(Buffer.from(rows[l]!.name), Buffer.from(rows[r]!.name)) * (nameDown ? -1 : 1);
            return bySize || byName || l - r;
          });
        expect([...(await firstRows(columns, rows.length, count))]).toEqual(expected.slice(0, count));
      },
    ),
  );
});

test('many rows are taken in pieces', async () => {
  const values = Int32Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 20_011);
  const column = fixedColumn(DataType.Int32, values);
  const first = await firstRows([{ column, isDescending: true }], values.length, 5);
  expect([...first].map((row) => values[row])).toEqual([...values].sort((l, r) => r - l).slice(0, 5));
});

test('terms are names with a direction', () => {
  const terms = parseOrder('color:desc, id', testSchema());
  expect(terms.map(({ field, isDescending }) => [field.name, isDescending])).toEqual([
    ['color', true],
    ['id', false],
  ]);
  expect(() => parseOrder('color:up', testSchema())).toThrow('color:up is not of the form');
  expect(() => parseOrder('nope', testSchema())).toThrow('field nope not found');
  expect(() => parseOrder('vector', testSchema())).toThrow('FloatVector cannot be ordered by');
});
