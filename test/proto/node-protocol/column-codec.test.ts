import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../core/columns/column.ts';
import {
  bytesColumnFrom,
  fixedColumn,
  sliceColumn,
  textAt,
  vectorColumn,
} from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { ColumnMessage, KeysMessage } from '../../../proto/generated/node.ts';
import { decodeColumn, decodeKeys, encodeColumn, encodeKeys } from '../../../proto/node-protocol/column-codec.ts';

/** Through the bytes of the wire, at every alignment. */
function overTheWire(column: Column, shift: number): Column {
  const bytes = ColumnMessage.encode(encodeColumn(101, column)).finish();
  const shifted = Buffer.alloc(bytes.length + shift);
  shifted.set(bytes, shift);
  return decodeColumn(ColumnMessage.decode(shifted.subarray(shift)));
}

/** Bytes of a message come as Buffers. */
function plain(column: Column): Column {
  const entries = Object.entries(column).map(([name, value]) => [
    name,
    Buffer.isBuffer(value) ? new Uint8Array(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function texts(column: Column): (string | undefined)[] {
  if (column.kind !== 'bytes') throw new Error('not a column of texts');
  return Array.from({ length: column.rowCount }, (_, row) =>
    column.valid?.[row] === 0 ? undefined : textAt(column, row),
  );
}

describe('columns', () => {
  const columns: readonly [string, Column][] = [
    ['Bool', fixedColumn(DataType.Bool, Uint8Array.of(1, 0, 1), Uint8Array.of(1, 1, 0))],
    ['Int8', fixedColumn(DataType.Int8, Int8Array.of(-128, 0, 127))],
    ['Int16', fixedColumn(DataType.Int16, Int16Array.of(-32_768, 0, 32_767))],
    ['Int32', fixedColumn(DataType.Int32, Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1))],
    ['Int64', fixedColumn(DataType.Int64, BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n))],
    ['Float', fixedColumn(DataType.Float, Float32Array.of(-0.5, 0, Number.NaN))],
    ['Double', fixedColumn(DataType.Double, Float64Array.of(Math.PI, -0, Number.POSITIVE_INFINITY))],
    ['Timestamptz', fixedColumn(DataType.Timestamptz, BigInt64Array.of(1n, 2n, 3n), Uint8Array.of(0, 1, 1))],
    [
      'FloatVector',
      vectorColumn(
        DataType.FloatVector,
        2,
        8,
        Uint8Array.from({ length: 24 }, (_, i) => i),
      ),
    ],
    [
      'BinaryVector',
      vectorColumn(DataType.BinaryVector, 16, 2, Uint8Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(1, 0, 1)),
    ],
    ['no rows', vectorColumn(DataType.Float16Vector, 4, 8, new Uint8Array(0))],
  ];

  test.each(columns)('of %s arrive as they were sent', (_, column) => {
    for (let shift = 0; shift < 8; shift++) expect(plain(overTheWire(column, shift))).toEqual(column);
  });

  test('of texts arrive as they were sent, slices without the rest', () => {
    const anyText = fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(anyText), fc.nat(10), fc.nat(10), fc.nat(7), (rows, a, b, shift) => {
        const column = bytesColumnFrom(DataType.VarChar, rows);
        expect(texts(overTheWire(column, shift))).toEqual(rows);
        const [from, to] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
        const slice = sliceColumn(column, from, to);
        expect(texts(overTheWire(slice, shift))).toEqual(rows.slice(from, to));
        const length = rows.slice(from, to).reduce((sum, row) => sum + Buffer.byteLength(row ?? ''), 0);
        expect(encodeColumn(1, slice).data.length).toBe(length);
      }),
    );
  });

  test.each<[string, Partial<ColumnMessage>]>([
    ['values', { dataType: DataType.Int32, data: new Uint8Array(8) }],
    ['a part of a value', { dataType: DataType.Int32, data: new Uint8Array(11) }],
    ['validity flags', { dataType: DataType.Int8, data: new Uint8Array(3), valid: new Uint8Array(2) }],
    ['bytes of vectors', { dataType: DataType.FloatVector, dimension: 2, data: new Uint8Array(23) }],
    ['bytes of vectors', { dataType: DataType.FloatVector, dimension: 4, data: new Uint8Array(24) }],
    ['offsets', { dataType: DataType.VarChar, offsets: new Uint8Array(12) }],
    ['falling offsets', { dataType: DataType.VarChar, data: new Uint8Array(9), offsets: offsetsOf(0, 5, 4, 6) }],
    ['bytes', { dataType: DataType.VarChar, data: new Uint8Array(5), offsets: offsetsOf(0, 1, 2, 6) }],
  ])('with a wrong number of %s are refused', (_, wrong) => {
    const empty = new Uint8Array(0);
    const message = { fieldId: 7, dataType: 0, rowCount: 3, data: empty, offsets: empty, valid: empty, dimension: 0 };
    expect(() => decodeColumn({ ...message, ...wrong })).toThrow(expect.objectContaining({ kind: 'parameterInvalid' }));
  });
});

describe('keys', () => {
  const overTheWireKeys = (keys: BigInt64Array | readonly string[]) =>
    decodeKeys(KeysMessage.decode(KeysMessage.encode(encodeKeys(keys)).finish()));

  test('arrive as they were sent', () => {
    expect(overTheWireKeys(BigInt64Array.of(-1n, 2n ** 62n))).toEqual(BigInt64Array.of(-1n, 2n ** 62n));
    expect(overTheWireKeys(['', 'ä', '\u{1f600}'])).toEqual(['', 'ä', '\u{1f600}']);
    expect(overTheWireKeys([])).toEqual([]);
    expect(decodeKeys(undefined)).toEqual(new BigInt64Array(0));
  });

  test('of another type than text and Int64 are refused', () => {
    const text = encodeColumn(0, fixedColumn(DataType.Int32, Int32Array.of(1)));
    expect(() => decodeKeys({ int64: new Uint8Array(0), text })).toThrow('no texts');
  });
});

function offsetsOf(...offsets: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(offsets).buffer);
}
