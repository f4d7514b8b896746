import { describe, expect, test } from 'vitest';
import type { BytesColumn, Column, FixedColumn, VectorColumn } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, textAt, vectorColumn } from '../../../core/columns/column-operations.ts';
import type { InputColumn } from '../../../core/rows/input-column.ts';
import { validateRows } from '../../../core/rows/validate-rows.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { FieldDraft } from '../../../core/schema/validate-collection-schema.ts';
import { draftField, testFields, testSchema } from '../../router/fakes/test-schema.ts';

function input(name: string, column: Column, valid?: readonly number[]): InputColumn {
  return { name, isDynamic: name === '$meta', column, valid: valid && Uint8Array.from(valid) };
}

const ids = (...values: bigint[]): InputColumn => input('id', fixedColumn(DataType.Int64, BigInt64Array.from(values)));
const floats = (dimension: number, ...values: number[]): InputColumn =>
  input(
    'vector',
    vectorColumn(DataType.FloatVector, dimension, dimension * 4, new Uint8Array(Float32Array.from(values).buffer)),
  );
const texts = (name: string, values: readonly string[], valid?: readonly number[]): InputColumn =>
  input(name, bytesColumnFrom(DataType.VarChar, values), valid);
const documents = (name: string, values: readonly string[], valid?: readonly number[]): InputColumn =>
  input(name, bytesColumnFrom(DataType.JSON, values), valid);
const integers = (
  name: string,
  dataType: DataType,
  values: readonly number[],
  valid?: readonly number[],
): InputColumn => input(name, fixedColumn(dataType, Int32Array.from(values)), valid);

/** Two rows of the test schema, with `changed` instead of or beside its columns. */
function rows(changed: readonly InputColumn[] = [], without: readonly string[] = []) {
  const usual = [
    ids(1n, 2n),
    floats(2, 1, 2, 3, 4),
    texts('color', ['red', 'blue']),
    documents('$meta', ['{"a":1}', '{}']),
  ];
  const names = new Set([...changed.map((column) => column.name), ...without]);
  return {
    rowCount: 2,
    columns: [...usual.filter((column) => !names.has(column.name)), ...changed],
    givesAutoId: false,
  };
}

const withField = (field: FieldDraft) => testSchema([...testFields(), field]);

function textsOf(column: Column | undefined): string[] {
  return Array.from({ length: column!.rowCount }, (_, row) => textAt(column as BytesColumn, row));
}

test('whole rows go through as they are, without a copy', async () => {
  const given = rows();
  const batch = await validateRows(testSchema(), given);
  expect([...batch.columns.keys()]).toEqual([100, 101, 102, 103]);
  expect(batch.rowCount).toBe(2);
  for (const [i, id] of [100, 102, 103].entries())
    expect(batch.columns.get(id)).toBe(given.columns[i === 0 ? 0 : i + 1]!.column);
  expect((batch.columns.get(101) as VectorColumn).data).toBe((given.columns[1]!.column as VectorColumn).data);
});

test('small integers are narrowed and checked', async () => {
  const schema = withField(draftField('n', DataType.Int8));
  const batch = await validateRows(schema, rows([integers('n', DataType.Int8, [-128, 127])]));
  expect((batch.columns.get(103) as FixedColumn).values).toEqual(Int8Array.from([-128, 127]));
  await expect(validateRows(schema, rows([integers('n', DataType.Int8, [0, 128])]))).rejects.toThrow(
    'the 1th element (128) out of range: [-128, 127], field name: n',
  );
  const wide = withField(draftField('n', DataType.Int16));
  await expect(validateRows(wide, rows([integers('n', DataType.Int16, [-32_769, 0])]))).rejects.toThrow(
    'out of range: [-32768, 32767]',
  );
});

describe('nulls', () => {
  const nullable = withField(draftField('n', DataType.Int32, { nullable: true }));
  const defaulted = withField(draftField('n', DataType.Int32, { defaultValue: 7 }));

  test.each([
    ['compact', [5], [0, 1]],
    ['full length', [99, 5], [0, 1]],
  ])('a column with nulls, %s', async (_, values, valid) => {
    const batch = await validateRows(nullable, rows([integers('n', DataType.Int32, values, valid)]));
    const column = batch.columns.get(103) as FixedColumn;
    expect(column.valid).toEqual(Uint8Array.from([0, 1]));
    expect(column.values[1]).toBe(5);
    expect(column.rowCount).toBe(2);
    const filled = await validateRows(defaulted, rows([integers('n', DataType.Int32, values, valid)]));
    expect((filled.columns.get(103) as FixedColumn).values).toEqual(Int32Array.from([7, 5]));
    expect(filled.columns.get(103)!.valid).toBeUndefined();
  });

  test('flags that are all set say nothing', async () => {
    const batch = await validateRows(nullable, rows([integers('n', DataType.Int32, [4, 5], [1, 1])]));
    expect(batch.columns.get(103)!.valid).toBeUndefined();
  });

  test('texts, compact', async () => {
    const schema = withField(draftField('t', DataType.VarChar, { nullable: true, typeParams: { max_length: '9' } }));
    const batch = await validateRows(schema, rows([texts('t', ['one'], [0, 1])]));
    expect(textsOf(batch.columns.get(103))).toEqual(['', 'one']);
    const withDefault = withField(
      draftField('t', DataType.VarChar, { defaultValue: 'none', typeParams: { max_length: '9' } }),
    );
    const filled = await validateRows(withDefault, rows([texts('t', ['one'], [1, 0])]));
    expect(textsOf(filled.columns.get(103))).toEqual(['one', 'none']);
  });

  test('a column that was not sent is the default, or null, or no dynamic keys', async () => {
    expect((await validateRows(nullable, rows())).columns.get(103)!.valid).toEqual(new Uint8Array(2));
    expect(((await validateRows(defaulted, rows())).columns.get(103) as FixedColumn).values).toEqual(
      Int32Array.from([7, 7]),
    );
    expect(textsOf((await validateRows(testSchema(), rows([], ['$meta']))).columns.get(103))).toEqual(['{}', '{}']);
  });

  test.each([
    [
      'not allowed',
      [texts('color', ['red'], [0, 1])],
      'the field color is not nullable and has no default value, but null values are given',
    ],
    [
      'too few flags',
      [integers('n', DataType.Int32, [1], [1])],
      'the num_rows (1) of field (n) is not equal to passed num_rows (2)',
    ],
    [
      'as many values as neither flags nor rows',
      [integers('n', DataType.Int32, [1, 2, 3], [0, 1])],
      'the num_rows (3) of field (n) is not equal to passed num_rows (2)',
    ],
  ])('%s', async (_, columns, message) => {
    await expect(validateRows(nullable, rows(columns))).rejects.toThrow(message);
  });
});

test.each<[string, readonly InputColumn[], readonly string[], string]>([
  [
    'a missing field',
    [],
    ['color'],
    'Insert missed an field `color` to collection without set nullable==true or set default_value',
  ],
  ['an unknown field', [texts('size', ['a', 'b'])], [], 'field size is not in the schema of collection things'],
  [
    'another number of rows',
    [texts('color', ['red'])],
    [],
    'the num_rows (1) of field (color) is not equal to passed num_rows (2)',
  ],
  [
    'another type',
    [integers('color', DataType.Int32, [1, 2])],
    [],
    'field color is of type VarChar, but data of type Int32 is given',
  ],
  [
    'another form',
    [input('color', fixedColumn(DataType.VarChar, Int32Array.from([1, 2])))],
    [],
    'field color is of type VarChar, but its data is in another form',
  ],
  [
    'another dimension',
    [floats(4, 1, 2, 3, 4, 5, 6, 7, 8)],
    [],
    'the dim (4) of field data(vector) is not equal to schema dim (2)',
  ],
  [
    'a piece of a vector',
    [input('vector', vectorColumn(DataType.FloatVector, 2, 8, new Uint8Array(12)))],
    [],
    'the length (12) of vector field vector is not a multiple of 8 bytes',
  ],
  ['NaN', [floats(2, 1, 2, 3, Number.NaN)], [], 'value is not a number or infinity: row 1 of vector field vector'],
  [
    'infinity',
    [floats(2, Number.NEGATIVE_INFINITY, 2, 3, 4)],
    [],
    'value is not a number or infinity: row 0 of vector field vector',
  ],
  [
    'a long text',
    [texts('color', ['red', 'x'.repeat(21)])],
    [],
    'length of varchar field color exceeds max length, row number: 1, length: 21, max length: 20',
  ],
  ['a text that is long in bytes', [texts('color', ['red', 'ä'.repeat(11)])], [], 'length: 22, max length: 20'],
  [
    'bytes that are no text',
    [input('color', bytesColumnFrom(DataType.VarChar, ['a', Uint8Array.of(0xff)]))],
    [],
    'varchar field color holds bytes that are not UTF-8',
  ],
  ['broken JSON', [documents('$meta', ['{}', '{'])], [], 'row 1 of json field $meta is not valid JSON'],
  [
    'a dynamic field that is no object',
    [documents('$meta', ['{}', '[]'])],
    [],
    'the dynamic field must be a JSON object, row 1 is none',
  ],
  [
    'a dynamic key that is a field',
    [documents('$meta', ['{}', '{"color":1}'])],
    [],
    'dynamic field name include the static field name, fieldName: color',
  ],
  ['$meta in $meta', [documents('$meta', ['{}', '{"$meta":1}'])], [], 'cannot set key to: $meta'],
  [
    'a long document',
    [documents('$meta', ['{}', `{"a":"${'x'.repeat(65_536)}"}`])],
    [],
    'of json field ($meta) exceeds max length (65536)',
  ],
])('refuses %s', async (_, changed, without, message) => {
  await expect(validateRows(testSchema(), rows(changed, without))).rejects.toMatchObject({
    code: 1100,
    legacyCode: 5,
    message: expect.stringContaining(message),
  });
});

test('refuses the same column twice, and no rows', async () => {
  const twice = { ...rows(), columns: [...rows().columns, texts('color', ['a', 'b'])] };
  await expect(validateRows(testSchema(), twice)).rejects.toThrow('duplicated column of field color');
  await expect(validateRows(testSchema(), { ...rows(), rowCount: 0 })).rejects.toThrow(
    'num_rows should be greater than 0, but got 0',
  );
});

test('a bad value far behind in many vectors is found', async () => {
  const rowCount = 1_200_000;
  const values = new Float32Array(rowCount * 2);
  values[rowCount * 2 - 3] = Number.NaN;
  const vector = input('vector', vectorColumn(DataType.FloatVector, 2, 8, new Uint8Array(values.buffer)));
  const id = input('id', fixedColumn(DataType.Int64, new BigInt64Array(rowCount)));
  const color = input('color', {
    kind: 'bytes',
    dataType: DataType.VarChar,
    rowCount,
    offsets: new Uint32Array(rowCount + 1),
    bytes: new Uint8Array(0),
    valid: undefined,
  });
  const given = { rowCount, columns: [id, vector, color], givesAutoId: false };
  await expect(validateRows(testSchema(), given)).rejects.toThrow(`row ${rowCount - 2} of vector field vector`);
});

describe('keys that the collection makes', () => {
  const [id, ...others] = testFields();
  const schema = testSchema([{ ...id!, autoId: true }, ...others]);

  test('must not be given', async () => {
    await expect(validateRows(schema, rows())).rejects.toThrow(
      'Cannot assign primary field data when auto id enabled: fieldName: id',
    );
    expect([...(await validateRows(schema, rows([], ['id']))).columns.keys()]).toEqual([101, 102, 103]);
  });

  test('unless the collection allows it', async () => {
    expect([...(await validateRows(schema, { ...rows(), givesAutoId: true })).columns.keys()]).toEqual([
      100, 101, 102, 103,
    ]);
  });
});

test('an empty text is no key', async () => {
  const [, ...others] = testFields();
  const schema = testSchema([
    draftField('id', DataType.VarChar, { isPrimaryKey: true, typeParams: { max_length: '9' } }),
    ...others,
  ]);
  await expect(validateRows(schema, rows([texts('id', ['a', ''])]))).rejects.toThrow(
    'primary key id is empty in row 1',
  );
});
