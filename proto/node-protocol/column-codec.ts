import type { Column, PrimaryKey } from '../../core/columns/column.ts';
import {
  bytesColumn,
  bytesColumnFrom,
  fixedArrayOf,
  fixedColumn,
  textAt,
  vectorColumn,
} from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { DataType, dataTypeName, isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import type { ColumnMessage, KeysMessage } from '../generated/node.ts';

/**
 * Columns and keys to and from their messages. Encoding makes views on the column's memory; decoding makes views on the message where its bytes happen to be
 * aligned, and one copy of the array where not. Numbers are little-endian, as on every machine Node runs on.
 */

const EMPTY = new Uint8Array(0);

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

type ArrayConstructor<T> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** A typed array over the bytes of a message; copies only when they are not aligned. */
export function arrayFrom<T extends ArrayBufferView>(arrayType: ArrayConstructor<T>, bytes: Uint8Array): T {
  const size = arrayType.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0) {
    throw new BraidError(
      'parameterInvalid',
      `${bytes.length} bytes are not a whole number of elements of ${size} bytes`,
    );
  }
  // Not `slice`: on a Buffer that is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new arrayType(aligned.buffer, aligned.byteOffset, bytes.length / size);
}

export function encodeColumn(fieldId: number, column: Column): ColumnMessage {
  const message: ColumnMessage = {
    fieldId,
    dataType: column.dataType,
    rowCount: column.rowCount,
    data: EMPTY,
    offsets: EMPTY,
    valid: column.valid?.subarray(0, column.rowCount) ?? EMPTY,
    dimension: 0,
  };
  switch (column.kind) {
    case 'fixed':
      message.data = bytesOf(column.values);
      break;
    case 'bytes': {
      const start = column.offsets[0]!;
      message.data = column.bytes.subarray(start, column.offsets[column.rowCount]!);
      message.offsets = bytesOf(start === 0 ? column.offsets : column.offsets.map((offset) => offset - start));
      break;
    }
    case 'vector':
      message.data = column.data;
      message.dimension = column.dimension;
      break;
  }
  return message;
}

/** Checks that lengths agree with each other before anything is read through them. */
export function decodeColumn(message: ColumnMessage): Column {
  const dataType = message.dataType as DataType;
  const valid = message.valid.length > 0 ? message.valid : undefined;
  if (valid && valid.length !== message.rowCount) throw disagreement(message, `${valid.length} validity flags`);
  const fixed = fixedArrayOf(dataType);
  if (fixed) {
    const values = arrayFrom(fixed as unknown as ArrayConstructor<Int32Array>, message.data);
    if (values.length !== message.rowCount) throw disagreement(message, `${values.length} values`);
    return fixedColumn(dataType, values, valid);
  }
  if (isDenseVector(dataType)) {
    const rowBytes = vectorRowBytes(dataType, message.dimension);
    if (message.data.length !== message.rowCount * rowBytes) {
      throw disagreement(message, `${message.data.length} bytes of vectors of ${message.dimension} dimensions`);
    }
    return vectorColumn(dataType, message.dimension, rowBytes, message.data, valid);
  }
  const offsets = arrayFrom(Uint32Array, message.offsets);
  if (offsets.length !== message.rowCount + 1) throw disagreement(message, `${offsets.length} offsets`);
  for (let i = 0; i < message.rowCount; i++)
    if (offsets[i]! > offsets[i + 1]!) throw disagreement(message, 'falling offsets');
  if (offsets[message.rowCount]! > message.data.length) throw disagreement(message, `${message.data.length} bytes`);
  return bytesColumn(dataType, offsets, message.data, valid);
}

function disagreement(message: ColumnMessage, found: string): BraidError {
  const name = dataTypeName(message.dataType);
  return new BraidError(
    'parameterInvalid',
    `column ${message.fieldId} (${name}) of ${message.rowCount} rows has ${found}`,
  );
}

export function encodeKeys(keys: KeyList): KeysMessage {
  if (keys instanceof BigInt64Array) return { int64: bytesOf(keys), text: undefined };
  return { int64: EMPTY, text: encodeColumn(0, bytesColumnFrom(DataType.VarChar, keys)) };
}

export function decodeKeys(message: KeysMessage | undefined): KeyList {
  if (!message) return new BigInt64Array(0);
  if (!message.text) return arrayFrom(BigInt64Array, message.int64);
  const column = decodeColumn(message.text);
  if (column.dataType !== DataType.VarChar) throw disagreement(message.text, 'keys that are no texts');
  return keysOfColumn(column);
}

/** Keys of a primary key column: a view for Int64, decoded texts for VarChar. */
export function keysOfColumn(column: Column): KeyList {
  if (column.kind === 'fixed') return column.values as BigInt64Array;
  if (column.kind !== 'bytes') throw new Error(`${dataTypeName(column.dataType)} is no type of a primary key`);
  return Array.from({ length: column.rowCount }, (_, row) => textAt(column, row));
}

/** Keys given as values, all of one type. */
export function keyListFrom(keys: readonly PrimaryKey[]): KeyList {
  if (typeof keys[0] === 'string') return keys as readonly string[];
  return BigInt64Array.from(keys as readonly bigint[]);
}
