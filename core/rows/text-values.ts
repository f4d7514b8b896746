import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BytesColumn, Column, FixedColumn } from '../columns/column.ts';
import { bytesAt, bytesColumn, bytesColumnFrom, fixedColumn, textAt } from '../columns/column-operations.ts';
import { textColumn } from '../columns/text-column.ts';
import { BraidError } from '../errors.ts';
import { wkbFromWkt, wktFromWkb } from '../geometry/geometry-text.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import { writeWkb } from '../geometry/write-wkb.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';
import { type TimePart, timeParts } from '../time/time-parts.ts';
import { formatTimestamptz, parseTimestamptz } from '../time/timestamptz.ts';

/** Types that clients see as text and columns store as something else: Timestamptz and Geometry. */

/** Rows read or written between two turns of the event loop; a geometry may be as long as thousands of timestamps. */
const ROWS_PER_TURN: Partial<Record<DataType, number>> = { [DataType.Timestamptz]: 5_000, [DataType.Geometry]: 200 };

/** What the field stores from what was sent: text (a VarChar column), or microseconds (Timestamptz), or WKB (Geometry). `isSent` tells rows that hold a value. */
export async function parseTexts(
  field: FieldSchema,
  column: Column,
  isSent: (row: number) => boolean,
  zone: string,
): Promise<Column> {
  if (field.dataType === DataType.Timestamptz) {
    if (column.kind === 'fixed' && column.values instanceof BigInt64Array) return asTimestamps(column);
    return column.dataType === DataType.VarChar
      ? parseTimestamps(field, column as BytesColumn, isSent, zone)
      : refuse(field, column);
  }
  if (column.kind !== 'bytes') return refuse(field, column);
  return parseGeometries(field, column, isSent);
}

/** The text of each row; what null rows hold is not promised. */
export async function writeTexts(column: Column, zone: string): Promise<Column> {
  const { rowCount, valid, dataType } = column;
  const texts = new Array<string>(rowCount).fill('');
  await forEachRow(rowCount, dataType, (row) => {
    if (valid?.[row] === 0) return;
    texts[row] =
      column.kind === 'fixed'
        ? formatTimestamptz(column.values[row] as bigint, zone)
        : wktFromWkb(bytesAt(column as BytesColumn, row));
  });
  return { ...textColumn(DataType.VarChar, texts), valid };
}

/** Parts of each moment as a row of an Array of Int64; null rows stay null. */
export async function writeTimeParts(column: Column, zone: string, parts: readonly TimePart[]): Promise<Column> {
  const { rowCount, valid } = column;
  const values = new BigInt64Array(rowCount * parts.length);
  await forEachRow(rowCount, DataType.Timestamptz, (row) => {
    if (valid?.[row] === 0) return;
    const numbers = timeParts((column as FixedColumn).values[row] as bigint, zone, parts);
    for (let i = 0; i < numbers.length; i++) values[row * parts.length + i] = BigInt(numbers[i]!);
  });
  const rowBytes = parts.length * BigInt64Array.BYTES_PER_ELEMENT;
  const offsets = Uint32Array.from({ length: rowCount + 1 }, (_, row) => row * rowBytes);
  return bytesColumn(DataType.Array, offsets, new Uint8Array(values.buffer), valid);
}

function asTimestamps(column: FixedColumn): Column {
  return fixedColumn(DataType.Timestamptz, column.values, column.valid);
}

async function parseTimestamps(
  field: FieldSchema,
  column: BytesColumn,
  isSent: (row: number) => boolean,
  zone: string,
): Promise<Column> {
  const values = new BigInt64Array(column.rowCount);
  await forEachRow(column.rowCount, DataType.Timestamptz, (row) => {
    if (!isSent(row)) return;
    const text = textAt(column, row);
    const micros = parseTimestamptz(text, zone);
    if (micros === undefined) {
      throw invalid(`got invalid timestamptz string "${text}" in row ${row} of field ${field.name}, expected ISO 8601`);
    }
    values[row] = micros;
  });
  return fixedColumn(DataType.Timestamptz, values);
}

async function parseGeometries(
  field: FieldSchema,
  column: BytesColumn,
  isSent: (row: number) => boolean,
): Promise<Column> {
  const rows = new Array<Uint8Array>(column.rowCount).fill(EMPTY);
  const isText = column.dataType === DataType.VarChar;
  await forEachRow(column.rowCount, DataType.Geometry, (row) => {
    if (!isSent(row)) return;
    try {
      rows[row] = isText ? wkbFromWkt(textAt(column, row)) : writeWkb(readWkb(bytesAt(column, row)));
    } catch (cause) {
      if (!(cause instanceof BraidError)) throw cause;
      throw new BraidError(cause.kind, `field ${field.name}, row ${row}: ${cause.message}`, { cause });
    }
  });
  const { offsets, bytes } = bytesColumnFrom(DataType.Geometry, rows);
  return bytesColumn(DataType.Geometry, offsets, bytes);
}

const EMPTY = new Uint8Array(0);

async function forEachRow(rowCount: number, dataType: DataType, visit: (row: number) => void): Promise<void> {
  const rowsPerTurn = ROWS_PER_TURN[dataType]!;
  for (let row = 0; row < rowCount; row++) {
    if (row > 0 && row % rowsPerTurn === 0) await nextTurn();
    visit(row);
  }
}

function refuse(field: FieldSchema, column: Column): never {
  throw invalid(
    `field ${field.name} is of type ${dataTypeName(field.dataType)}, but data of type ${dataTypeName(column.dataType)} is given`,
  );
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
