import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BytesColumn, Column, VectorColumn } from '../columns/column.ts';
import { isPresent } from '../columns/column.ts';
import { textAt } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { type CollectionSchema, DYNAMIC_FIELD_NAME, type FieldSchema } from '../schema/collection-schema.ts';
import { DataType } from '../schema/data-type.ts';
import { findNonFinite } from '../schema/validate-vectors.ts';
import { checkArrays } from './array-rows.ts';
import { checkVectorLists } from './vector-lists.ts';

/** Bytes of vectors, and of JSON, looked at between two turns of the event loop. */
const VECTOR_BYTES_PER_TURN = 4 * 1024 * 1024;
const JSON_BYTES_PER_TURN = 512 * 1024;

/** Values that the type alone does not exclude. `column` is of full length. Large columns are looked at in pieces. */
export async function checkValues(schema: CollectionSchema, field: FieldSchema, column: Column): Promise<void> {
  if (column.kind === 'vector') await checkFinite(field, column);
  else if (field.dataType === DataType.VarChar) checkTexts(field, column as BytesColumn);
  else if (field.dataType === DataType.JSON) await checkDocuments(schema, field, column as BytesColumn);
  else if (field.dataType === DataType.Array) await checkArrays(field, column as BytesColumn);
  else if (field.dataType === DataType.ArrayOfVector) await checkVectorLists(field, column as BytesColumn);
}

async function checkFinite(field: FieldSchema, { data, rowBytes }: VectorColumn): Promise<void> {
  const step = Math.max(1, Math.floor(VECTOR_BYTES_PER_TURN / rowBytes)) * rowBytes;
  for (let from = 0; from < data.length; from += step) {
    if (from > 0) await nextTurn();
    const at = findNonFinite(field.dataType, data.subarray(from, from + step));
    if (at < 0) continue;
    const row = Math.floor(from / rowBytes) + Math.floor(at / field.dimension!);
    throw invalid(`value is not a number or infinity: row ${row} of vector field ${field.name}`);
  }
}

function checkTexts(field: FieldSchema, column: BytesColumn): void {
  const { offsets, bytes, rowCount } = column;
  for (let row = 0; row < rowCount; row++) {
    const length = offsets[row + 1]! - offsets[row]!;
    if (length > field.maxLength!) {
      throw invalid(
        `length of varchar field ${field.name} exceeds max length, row number: ${row}, length: ${length}, max length: ${field.maxLength}`,
      );
    }
    if (length === 0 && field.isPrimaryKey) throw invalid(`primary key ${field.name} is empty in row ${row}`);
  }
  if (!isUtf8(bytes.subarray(offsets[0]!, offsets[rowCount]!)))
    throw invalid(`varchar field ${field.name} holds bytes that are not UTF-8`);
}

async function checkDocuments(schema: CollectionSchema, field: FieldSchema, column: BytesColumn): Promise<void> {
  const names = field.isDynamic ? schema.fields.map((other) => other.name) : [];
  let sinceTurn = 0;
  for (let row = 0; row < column.rowCount; row++) {
    if (!isPresent(column, row)) continue;
    const length = column.offsets[row + 1]! - column.offsets[row]!;
    if (length > LIMITS.jsonBytesMax) {
      throw invalid(`the length (${length}) of json field (${field.name}) exceeds max length (${LIMITS.jsonBytesMax})`);
    }
    sinceTurn += length;
    if (sinceTurn > JSON_BYTES_PER_TURN) {
      sinceTurn = 0;
      await nextTurn();
    }
    const document = parseDocument(field, column, row);
    if (field.isDynamic) checkDynamic(document, names, row);
  }
}

function parseDocument(field: FieldSchema, column: BytesColumn, row: number): unknown {
  try {
    return JSON.parse(textAt(column, row));
  } catch (cause) {
    throw new BraidError('parameterInvalid', `row ${row} of json field ${field.name} is not valid JSON`, { cause });
  }
}

function checkDynamic(document: unknown, names: readonly string[], row: number): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalid(`the dynamic field must be a JSON object, row ${row} is none`);
  }
  if (Object.hasOwn(document, DYNAMIC_FIELD_NAME)) throw invalid(`cannot set key to: ${DYNAMIC_FIELD_NAME}`);
  const taken = names.find((name) => Object.hasOwn(document, name));
  if (taken !== undefined) throw invalid(`dynamic field name include the static field name, fieldName: ${taken}`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
