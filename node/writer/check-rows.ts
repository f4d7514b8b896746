import type { CollectionRecord } from '../../core/catalog.ts';
import type { Column } from '../../core/columns/column.ts';
import { BraidError } from '../../core/errors.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { type FieldSchema, functionOfOutput, primaryField } from '../../core/schema/collection-schema.ts';
import { dataTypeName, isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import type { DeleteRequest, InsertRequest } from '../../proto/generated/node.ts';
import { decodeColumn, decodeKeys } from '../../proto/node-protocol/column-codec.ts';

/**
 * What may have changed since the router validated the rows, and what would damage a segment: the partition, the version of the schema, types, counts and dimensions. Values are
 * the router's business. Resolves to the columns by field id; the key of an autoID may be missing.
 */
export function checkRows(record: CollectionRecord, request: InsertRequest): ReadonlyMap<number, Column> {
  checkSchemaVersion(record, request.schemaVersion);
  checkPartition(record, request.partitionId);
  const columns = new Map<number, Column>();
  for (const message of request.columns) {
    const field = record.schema.fields.find((candidate) => candidate.id === message.fieldId);
    if (!field) throw mismatch(record, `it has no field ${message.fieldId}`);
    if (message.dataType !== field.dataType) {
      throw mismatch(
        record,
        `field ${field.name} is ${dataTypeName(field.dataType)}, not ${dataTypeName(message.dataType)}`,
      );
    }
    const column = decodeColumn(message);
    checkCounts(field, column, request.rowCount);
    columns.set(field.id, column);
  }
  for (const field of record.schema.fields) {
    const mayMiss = field.nullable || field.defaultValue !== undefined || field.isDynamic || field.autoId;
    // Rows checked before a function was added lack its output: the segment computes it.
    if (functionOfOutput(record.schema, field.id)) continue;
    if (!mayMiss && !columns.has(field.id)) throw mismatch(record, `field ${field.name} is missing`);
  }
  return columns;
}

/** The keys to delete, of the primary key's type. */
export function checkKeys(record: CollectionRecord, request: DeleteRequest): KeyList {
  for (const partitionId of request.partitionIds) checkPartition(record, partitionId);
  const keys = decodeKeys(request.keys);
  const field = primaryField(record.schema);
  const isText = !(keys instanceof BigInt64Array);
  if (keys.length > 0 && isText !== (dataTypeName(field.dataType) === 'VarChar')) {
    throw new BraidError(
      'parameterInvalid',
      `primary key ${field.name} is ${dataTypeName(field.dataType)}, the keys are not`,
    );
  }
  return keys;
}

function checkSchemaVersion(record: CollectionRecord, version: number): void {
  // An older version is fine: fields added since read as their default or null.
  if (version > record.schema.version) {
    throw mismatch(record, `its schema has version ${record.schema.version}, the rows have ${version}`);
  }
}

/** Throws `partitionNotFound`. */
export function checkPartition(record: CollectionRecord, partitionId: number): void {
  if (record.partitions.some((partition) => partition.id === partitionId)) return;
  throw new BraidError('partitionNotFound', `partition not found[partition=${partitionId}]`);
}

function checkCounts(field: FieldSchema, column: Column, rowCount: number): void {
  const refuse = (what: string, found: number, expected: number) => {
    throw new BraidError('parameterInvalid', `field ${field.name} has ${found} ${what}, expected ${expected}`);
  };
  if (column.rowCount !== rowCount) refuse('rows', column.rowCount, rowCount);
  if (column.kind !== 'vector' || !isDenseVector(field.dataType)) return;
  if (column.dimension !== field.dimension) refuse('dimensions', column.dimension, field.dimension!);
  const expected = rowCount * vectorRowBytes(field.dataType, field.dimension!);
  if (column.data.length !== expected) refuse('bytes', column.data.length, expected);
}

function mismatch(record: CollectionRecord, why: string): BraidError {
  return new BraidError('schemaMismatch', `collection schema mismatch[collection=${record.name}]: ${why}`);
}
