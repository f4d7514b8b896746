import { describe, expect, test } from 'vitest';
import type { Column } from '../../../../../core/columns/column.ts';
import { BraidError } from '../../../../../core/errors.ts';
import { parseJson } from '../../../../../core/rows/parse-json.ts';
import { rowsToColumns } from '../../../../../core/rows/rows-to-columns.ts';
import type { FieldSchema } from '../../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../../core/schema/data-type.ts';
import { API_LIMITS } from '../../../../../router/api/limits.ts';
import { rowsJson } from '../../../../../router/api/rest/codec/rows-json.ts';
import type { RestCall } from '../../../../../router/api/rest/endpoint.ts';
import { field } from '../../fake-operations.ts';

const DYNAMIC = field(199, '$meta', DataType.JSON, { isDynamic: true });

function call(int64: RestCall['int64'], limits: Partial<RestCall['limits']> = {}): RestCall {
  return { int64, limits: { ...API_LIMITS, ...limits } } as RestCall;
}

/** JSON in, columns, JSON out. */
async function roundTrip(fields: readonly FieldSchema[], text: string, more: Partial<RestCall> = {}): Promise<string> {
  const rows = parseJson(text) as unknown[];
  const columns = rowsToColumns(rows, fields, false).map(({ name, column, valid }) => ({
    name,
    field: fields.find((candidate) => candidate.name === name)!,
    column: { ...column, valid } as Column,
  }));
  return rowsJson({ rowCount: rows.length, columns, outputFields: [] }, { ...call('number'), ...more });
}

describe('values of every type survive', () => {
  test.each([
    ['Bool', field(1, 'x', DataType.Bool), '[{"x":true},{"x":false}]'],
    ['Int8', field(1, 'x', DataType.Int8), '[{"x":-128},{"x":127}]'],
    ['Int16', field(1, 'x', DataType.Int16), '[{"x":-32768},{"x":32767}]'],
    ['Int32', field(1, 'x', DataType.Int32), '[{"x":-2147483648},{"x":2147483647}]'],
    ['Int64', field(1, 'x', DataType.Int64), '[{"x":-9223372036854775808},{"x":9007199254740993},{"x":1}]'],
    ['Float', field(1, 'x', DataType.Float), '[{"x":0.1},{"x":3.4028235e+38},{"x":1.1754944e-38},{"x":16777217}]'],
    ['Double', field(1, 'x', DataType.Double), '[{"x":0.1},{"x":1.7976931348623157e+308}]'],
    ['VarChar', field(1, 'x', DataType.VarChar), '[{"x":"ä€😀"},{"x":""},{"x":"\\u0000\\""},{"x":"ascii"}]'],
    ['FloatVector', field(1, 'x', DataType.FloatVector, { dimension: 2 }), '[{"x":[0.1,-2]},{"x":[1e-7,3]}]'],
    ['Float16Vector', field(1, 'x', DataType.Float16Vector, { dimension: 2 }), '[{"x":[0.5,-65504]},{"x":[1,2]}]'],
    ['BFloat16Vector', field(1, 'x', DataType.BFloat16Vector, { dimension: 2 }), '[{"x":[0.5,-3]},{"x":[1,2]}]'],
    ['Int8Vector', field(1, 'x', DataType.Int8Vector, { dimension: 2 }), '[{"x":[-128,127]},{"x":[0,1]}]'],
    ['BinaryVector', field(1, 'x', DataType.BinaryVector, { dimension: 16 }), '[{"x":[255,0]},{"x":[1,2]}]'],
    ['nulls', field(1, 'x', DataType.Int64, { nullable: true }), '[{"x":1},{"x":null},{"x":3}]'],
  ])('%s', async (_name, of, text) => {
    const expected = text.replace('16777217', '16777216');
    expect(await roundTrip([of], text)).toBe(expected);
  });
});

test('Int64 leaves as text where the client wants that', async () => {
  expect(await roundTrip([field(1, 'x', DataType.Int64)], '[{"x":5}]', { int64: 'text' })).toBe('[{"x":"5"}]');
});

test('JSON leaves as text; a text that is JSON comes back as what it was', async () => {
  const of = field(1, 'x', DataType.JSON);
  expect(await roundTrip([of], '[{"x":{"a":12345678901234567890}}]')).toBe('[{"x":"{\\"a\\":12345678901234567890}"}]');
  expect(await roundTrip([of], '[{"x":"{\\"a\\":1}"},{"x":"no json"},{"x":[1]}]')).toBe(
    '[{"x":"{\\"a\\":1}"},{"x":"\\"no json\\""},{"x":"[1]"}]',
  );
});

test('numbers may come as texts, texts as numbers', () => {
  const fields = [
    field(1, 'n', DataType.Int64),
    field(2, 'd', DataType.Double),
    field(3, 's', DataType.VarChar),
    field(4, 'b', DataType.Bool),
    field(5, 'v', DataType.Int8Vector, { dimension: 2 }),
  ];
  const columns = rowsToColumns([{ n: ' 7 ', d: '0.5', s: 12, b: 'true', v: 'AP8=' }], fields, false);
  expect(columns.map(({ column }) => (column.kind === 'fixed' ? column.values[0] : undefined))).toEqual([
    7n,
    0.5,
    undefined,
    1,
    undefined,
  ]);
  expect(columns[2]!.column).toMatchObject({ bytes: Buffer.from('12') });
  expect(columns[4]!.column).toMatchObject({ data: Uint8Array.of(0, 255) });
});

describe('what does not fit names the field, the row and the value', () => {
  test.each([
    [field(1, 'x', DataType.Int8), 128, 'field x, row 1: 128 is not Int8'],
    [field(1, 'x', DataType.Int32), 1.5, '1.5 is not Int32'],
    [field(1, 'x', DataType.Int64), 9223372036854775808n, '9223372036854775808 is not Int64'],
    [field(1, 'x', DataType.Int64), 'abc', '"abc" is not Int64'],
    [field(1, 'x', DataType.Int64), {}, '{} is not Int64'],
    [field(1, 'x', DataType.Double), '', '"" is not Double'],
    [field(1, 'x', DataType.Bool), 1, '1 is not Bool'],
    [field(1, 'x', DataType.VarChar), ['a'], '["a"] is not VarChar'],
    [field(1, 'x', DataType.FloatVector, { dimension: 2 }), [1, 'a'], '"a" is not an element of a FloatVector'],
    [field(1, 'x', DataType.FloatVector, { dimension: 2 }), 7, '7 is not a FloatVector'],
    [field(1, 'x', DataType.FloatVector, { dimension: 2 }), [1], 'the vector has 1 elements, expected 2 (dim 2)'],
    [field(1, 'x', DataType.Int8Vector, { dimension: 2 }), [1, 128], '128 is not an element of a Int8Vector'],
    [field(1, 'x', DataType.BinaryVector, { dimension: 16 }), 'AAAA', '"AAAA" is not base64 of 2 bytes'],
  ])('%# %s', (of, value, message) => {
    const rows = [{}, { x: value }];
    expect(() => rowsToColumns(rows, [of], false)).toThrow(message);
  });

  test('rows that are no objects, keys that are no fields', () => {
    const of = field(1, 'x', DataType.Int64);
    expect(() => rowsToColumns([1], [of], false)).toThrow('row 0 of data is not an object');
    expect(() => rowsToColumns([{ x: 1 }, { y: 1 }], [of], false)).toThrow('row 1: y is not a field');
    expect(() => rowsToColumns([{ $meta: {} }], [of], true)).toThrow('$meta is not the name of a field');
  });
});

test('a field that is missing everywhere gives no column, one that is missing somewhere nulls', () => {
  const fields = [
    field(1, 'a', DataType.Int64),
    field(2, 'b', DataType.Int64),
    field(3, 'constructor', DataType.Int64),
  ];
  const columns = rowsToColumns([{ a: 1 }, { a: null }, {}], fields, false);
  expect(columns).toMatchObject([{ name: 'a', valid: Uint8Array.of(1, 0, 0), column: { rowCount: 3 } }]);
});

test('dynamic keys lie flat in the row: the wanted ones, or all', async () => {
  const rows = parseJson('[{"a":1,"b":9007199254740993,"__proto__":{"x":2}},{}]') as unknown[];
  const [dynamic] = rowsToColumns(rows, [], true);
  const columns = [{ name: '$meta', field: DYNAMIC, column: dynamic!.column }];
  const json = (outputFields: string[], int64: RestCall['int64'] = 'number') =>
    rowsJson({ rowCount: 2, columns, outputFields }, call(int64));
  expect(await json(['$meta'])).toBe('[{"a":1,"b":9007199254740993,"__proto__":{"x":2}},{}]');
  expect(await json(['b'], 'text')).toBe('[{"b":"9007199254740993"},{}]');
});

test('an answer that is too large is an error; much to write lets others work in between', async () => {
  const of = field(1, 'x', DataType.Int64);
  const rows = Array.from({ length: 1_000 }, (_, x) => ({ x }));
  const columns = [{ name: 'x', field: of, column: rowsToColumns(rows, [of], false)[0]!.column }];
  const input = { rowCount: rows.length, columns, outputFields: [] };
  await expect(rowsJson(input, call('number', { responseBytesMax: 5_000 }))).rejects.toThrow(BraidError);
  let turns = 0;
  const counter = setInterval(() => turns++, 0);
  const text = await rowsJson(input, call('number', { jsonValuesPerTurn: 2 }));
  clearInterval(counter);
  expect(JSON.parse(text)).toEqual(rows);
  expect(turns).toBeGreaterThan(1);
});
