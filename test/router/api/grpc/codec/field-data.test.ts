import { describe, expect, test } from 'vitest';
import { decodeArray, encodeArray } from '../../../../../core/columns/array-values.ts';
import type { BytesColumn, Column } from '../../../../../core/columns/column.ts';
import {
  bytesAt,
  bytesColumnFrom,
  fixedColumn,
  textAt,
  vectorColumn,
} from '../../../../../core/columns/column-operations.ts';
import { sparseEntries, sparseRowOf } from '../../../../../core/columns/sparse-rows.ts';
import { DataType } from '../../../../../core/schema/data-type.ts';
import { FieldData } from '../../../../../proto/generated/milvus/field_data.ts';
import { DataType as WireType } from '../../../../../proto/generated/milvus/schema.ts';
import { bytesOf, floatsOf } from '../../../../../proto/milvus/float-lens.ts';
import { decodeFieldData } from '../../../../../router/api/grpc/codec/decode-field-data.ts';
import { encodeFieldData } from '../../../../../router/api/grpc/codec/encode-field-data.ts';
import { field } from '../../fake-operations.ts';

type Scalars = Extract<FieldData['field'], { $case: 'scalars' }>['value']['data'];
type Vectors = Extract<FieldData['field'], { $case: 'vectors' }>['value'];

/** A message as it comes off the wire. */
function received(part: Partial<FieldData>): FieldData {
  return FieldData.decode(FieldData.encode({ ...FieldData.create({ fieldName: 'x' }), ...part }).finish());
}

function scalars(type: WireType, data: Scalars, more: Partial<FieldData> = {}): FieldData {
  return received({ type, field: { $case: 'scalars', value: { data } }, ...more });
}

function vectors(type: WireType, value: Vectors, more: Partial<FieldData> = {}): FieldData {
  return received({ type, field: { $case: 'vectors', value }, ...more });
}

function sent(column: Column, more: Parameters<typeof field>[3] = {}): FieldData {
  const message = encodeFieldData({ name: 'x', field: field(105, 'x', column.dataType, more), column });
  return FieldData.decode(FieldData.encode(message).finish());
}

function arrays(rows: Scalars[]): FieldData {
  const data = rows.map((row) => ({ data: row }));
  return scalars(WireType.Array, { $case: 'arrayData', value: { data, elementType: WireType.None } });
}

describe('columns from clients', () => {
  test.each([
    ['Bool', WireType.Bool, { $case: 'boolData', value: { data: [true, false] } }, Uint8Array.of(1, 0)],
    ['Int8', WireType.Int8, { $case: 'intData', value: { data: [-1, 300] } }, Int32Array.of(-1, 300)],
    ['Int32', WireType.Int32, { $case: 'intData', value: { data: [-1, 2] } }, Int32Array.of(-1, 2)],
    [
      'Int64',
      WireType.Int64,
      { $case: 'longData', value: { data: [-1n, 1n << 62n] } },
      BigInt64Array.of(-1n, 1n << 62n),
    ],
    [
      'Float',
      WireType.Float,
      { $case: 'floatData', value: { data: bytesOf(Float32Array.of(0.5)) } },
      Float32Array.of(0.5),
    ],
    [
      'Double',
      WireType.Double,
      { $case: 'doubleData', value: { data: bytesOf(Float64Array.of(0.1)) } },
      Float64Array.of(0.1),
    ],
  ] as const)('%s', (_name, type, data, values) => {
    const { column, valid, isDynamic, name } = decodeFieldData(scalars(type, data as Scalars));
    expect({ valid, isDynamic, name }).toEqual({ valid: undefined, isDynamic: false, name: 'x' });
    expect(column).toMatchObject({ kind: 'fixed', dataType: type, rowCount: values.length, valid: undefined });
    expect((column as { values: unknown }).values).toEqual(values);
  });

  test('texts become UTF-8, in ASCII and beyond', () => {
    for (const texts of [['a', '', 'bc'], ['ä', '😀', '', 'x'], []]) {
      const { column } = decodeFieldData(scalars(WireType.VarChar, { $case: 'stringData', value: { data: texts } }));
      if (column.kind !== 'bytes') throw new Error('no texts');
      expect(column).toMatchObject({ dataType: DataType.VarChar, rowCount: texts.length });
      expect(texts.map((_, row) => textAt(column, row))).toEqual(texts);
    }
  });

  test('arrays become rows of bytes; rows without elements need no type', () => {
    const input = decodeFieldData(
      arrays([undefined, { $case: 'intData', value: { data: [-1, 2] } }, { $case: 'boolData', value: { data: [] } }]),
    );
    expect(input).toMatchObject({ elementType: DataType.Int32, column: { dataType: DataType.Array, rowCount: 3 } });
    expect((input.column as BytesColumn).offsets).toEqual(Uint32Array.of(0, 0, 8, 8));
    const texts = decodeFieldData(arrays([{ $case: 'stringData', value: { data: ['', 'ä'] } }]));
    expect(texts.elementType).toBe(DataType.VarChar);
    expect(decodeArray(DataType.VarChar, bytesAt(texts.column as BytesColumn, 0))).toEqual(['', 'ä']);
  });

  test('sparse vectors are the bytes of their pairs', () => {
    const contents = [sparseRowOf([1, 9], [0.5, 2]), new Uint8Array(0)];
    const value = { dim: 10n, data: { $case: 'sparseFloatVector' as const, value: { contents, dim: 10n } } };
    const { column } = decodeFieldData(vectors(WireType.SparseFloatVector, value));
    expect(column).toMatchObject({ kind: 'bytes', dataType: DataType.SparseFloatVector, rowCount: 2 });
    expect(sparseEntries(bytesAt(column as BytesColumn, 0))).toEqual([
      [1, 0.5],
      [9, 2],
    ]);
  });

  test('the dynamic field is JSON as it came', () => {
    const data = [Buffer.from('{"a":1}'), Buffer.from('{}')];
    const input = decodeFieldData(
      scalars(WireType.JSON, { $case: 'jsonData', value: { data } }, { fieldName: '$meta', isDynamic: true }),
    );
    expect(input).toMatchObject({ name: '$meta', isDynamic: true, column: { dataType: DataType.JSON, rowCount: 2 } });
    expect(Buffer.from((input.column as { bytes: Uint8Array }).bytes).toString()).toBe('{"a":1}{}');
  });

  test('nulls: validity has one flag per row, values may be compact, full or missing', () => {
    const validData = [true, false, true];
    const of = (data: bigint[]): FieldData =>
      scalars(WireType.Int64, { $case: 'longData', value: { data } }, { validData });
    expect(decodeFieldData(of([1n, 3n]))).toMatchObject({ valid: Uint8Array.of(1, 0, 1), column: { rowCount: 2 } });
    expect(decodeFieldData(of([1n, 0n, 3n]))).toMatchObject({ column: { rowCount: 3 } });
    const missing = { type: WireType.VarChar, validData: [false, false] };
    expect(decodeFieldData(received(missing))).toMatchObject({ valid: Uint8Array.of(0, 0), column: { rowCount: 0 } });
    expect(decodeFieldData(scalars(WireType.VarChar, undefined)).column.rowCount).toBe(0);
    expect(decodeFieldData(vectors(WireType.FloatVector, { dim: 0n, data: undefined })).column.rowCount).toBe(0);
  });

  test('vectors are views on the message', () => {
    const bytes = FieldData.encode({
      ...FieldData.create({ fieldName: 'x', type: WireType.FloatVector }),
      field: {
        $case: 'vectors',
        value: { dim: 2n, data: { $case: 'floatVector', value: { data: bytesOf(Float32Array.of(1, 2, 3, 4)) } } },
      },
    }).finish();
    const { column } = decodeFieldData(FieldData.decode(bytes));
    if (column.kind !== 'vector') throw new Error('no vectors');
    expect(column).toMatchObject({ dataType: DataType.FloatVector, rowCount: 2, dimension: 2, rowBytes: 8 });
    expect([...floatsOf(column.data)]).toEqual([1, 2, 3, 4]);
    expect(column.data.buffer).toBe(bytes.buffer);
  });

  test.each([
    ['binaryVector', WireType.BinaryVector, 16n, 2],
    ['float16Vector', WireType.Float16Vector, 4n, 8],
    ['bfloat16Vector', WireType.BFloat16Vector, 4n, 8],
    ['int8Vector', WireType.Int8Vector, 4n, 4],
  ] as const)('%s', ($case, type, dim, rowBytes) => {
    const { column } = decodeFieldData(vectors(type, { dim, data: { $case, value: new Uint8Array(rowBytes * 3) } }));
    expect(column).toMatchObject({ dataType: type, rowCount: 3, rowBytes, dimension: Number(dim) });
  });

  test.each<[string, FieldData, string]>([
    [
      'another array than the type’s',
      scalars(WireType.Int64, { $case: 'stringData', value: { data: ['1'] } }),
      'field x of type Int64 came as stringData',
    ],
    [
      'another vector than the type’s',
      vectors(WireType.FloatVector, { dim: 8n, data: { $case: 'binaryVector', value: new Uint8Array(1) } }),
      'field x of type FloatVector came as binaryVector',
    ],
    [
      'half a row',
      vectors(WireType.FloatVector, { dim: 3n, data: { $case: 'floatVector', value: { data: new Uint8Array(16) } } }),
      '16 bytes of vectors are not a whole number of rows of dim 3',
    ],
    [
      'no dimension',
      vectors(WireType.FloatVector, { dim: 0n, data: { $case: 'floatVector', value: { data: new Uint8Array(16) } } }),
      'invalid dimension 0',
    ],
    [
      'an absurd dimension',
      vectors(WireType.Int8Vector, { dim: 1n << 62n, data: { $case: 'int8Vector', value: new Uint8Array(4) } }),
      'invalid dimension 4611686018427387904, should be 1 to 32768',
    ],
    [
      'bits that are no bytes',
      vectors(WireType.BinaryVector, { dim: 9n, data: { $case: 'binaryVector', value: new Uint8Array(4) } }),
      'should be a multiple of 8',
    ],
    [
      'sparse vectors in another form',
      vectors(WireType.SparseFloatVector, { dim: 9n, data: { $case: 'int8Vector', value: new Uint8Array(4) } }),
      'field x of type SparseFloatVector came as int8Vector',
    ],
    [
      'arrays of mixed elements',
      arrays([
        { $case: 'intData', value: { data: [1] } },
        { $case: 'longData', value: { data: [1n] } },
      ]),
      'has elements of more than one type',
    ],
    [
      'struct arrays',
      received({ type: WireType.ArrayOfStruct, field: { $case: 'structArrays', value: { fields: [] } } }),
      'structs within structs are not supported',
    ],
    ['an unknown type', scalars(WireType.Decimal, undefined), 'type unknown(30) is not supported'],
    ['no type', scalars(WireType.None, undefined), 'type None is not supported'],
  ])('%s is an error', (_name, message, reason) => {
    expect(() => decodeFieldData(message)).toThrow(reason);
  });
});

describe('columns to clients', () => {
  test('scalars with nulls are full length, with placeholders', () => {
    expect(sent(fixedColumn(DataType.Int64, BigInt64Array.of(1n, 0n), Uint8Array.of(1, 0)))).toMatchObject({
      type: WireType.Int64,
      fieldName: 'x',
      fieldId: 105n,
      isDynamic: false,
      field: { value: { data: { $case: 'longData', value: { data: [1n, 0n] } } } },
      validData: [true, false],
    });
    expect(sent(bytesColumnFrom(DataType.VarChar, ['ä', undefined, 'b']))).toMatchObject({
      field: { value: { data: { $case: 'stringData', value: { data: ['ä', '', 'b'] } } } },
      validData: [true, false, true],
    });
  });

  test('without nulls nothing is said of validity', () => {
    expect(sent(fixedColumn(DataType.Bool, Uint8Array.of(1, 0), Uint8Array.of(1, 1))).validData).toEqual([]);
    expect(sent(fixedColumn(DataType.Double, Float64Array.of(0.1))).validData).toEqual([]);
  });

  test('null JSON is zero bytes', () => {
    const column = bytesColumnFrom(DataType.JSON, ['{}', undefined]);
    const { field: data } = sent(column, { isDynamic: true });
    expect(data).toMatchObject({
      value: { data: { $case: 'jsonData', value: { data: [Uint8Array.of(123, 125), new Uint8Array(0)] } } },
    });
  });

  test('vectors leave out their nulls', () => {
    const data = new Uint8Array(Float32Array.of(1, 2, 0, 0, 3, 4).buffer);
    const message = sent(vectorColumn(DataType.FloatVector, 2, 8, data, Uint8Array.of(1, 0, 1)));
    expect(message).toMatchObject({ field: { value: { dim: 2n } }, validData: [true, false, true] });
    const floats = message.field as { value: { data: { value: { data: Uint8Array } } } };
    expect([...floatsOf(floats.value.data.value.data)]).toEqual([1, 2, 3, 4]);
  });

  test('a column of no rows still says what it is', () => {
    expect(sent(bytesColumnFrom(DataType.VarChar, []))).toMatchObject({
      type: WireType.VarChar,
      field: { $case: 'scalars', value: { data: { $case: 'stringData', value: { data: [] } } } },
    });
  });

  test.each([
    [fixedColumn(DataType.Bool, Uint8Array.of(1, 0))],
    [fixedColumn(DataType.Int8, Int8Array.of(-128, 127))],
    [fixedColumn(DataType.Int16, Int16Array.of(-32768, 32767))],
    [fixedColumn(DataType.Float, Float32Array.of(0.5, NaN))],
    [vectorColumn(DataType.Int8Vector, 2, 2, Uint8Array.of(255, 1, 2, 3))],
    [vectorColumn(DataType.BFloat16Vector, 2, 4, Uint8Array.of(255, 1, 2, 3))],
    [bytesColumnFrom(DataType.VarChar, ['\ufeffmark', '\u0000', 'lone \ufffd'])],
  ])('what went out would come in the same: %#', (column) => {
    const back = decodeFieldData(sent(column)).column;
    expect(sent(back)).toEqual(sent(column));
  });

  test('arrays of a null row are empty, sparse vectors leave it out', () => {
    const rows = [encodeArray(DataType.Int16, [1, -2]), undefined];
    const array = sent(bytesColumnFrom(DataType.Array, rows), { elementType: DataType.Int16 });
    expect(array.field).toMatchObject({
      value: {
        data: {
          value: {
            data: [{ data: { $case: 'intData', value: { data: [1, -2] } } }, { data: { value: { data: [] } } }],
            elementType: WireType.Int16,
          },
        },
      },
    });
    expect(array.validData).toEqual([true, false]);
    const sparse = sent(bytesColumnFrom(DataType.SparseFloatVector, [sparseRowOf([4], [1]), undefined]));
    expect(sparse.field).toMatchObject({
      value: { dim: 5n, data: { value: { contents: [expect.anything()], dim: 5n } } },
    });
  });
});
