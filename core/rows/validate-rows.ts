import type { Column, ColumnBatch } from '../columns/column.ts';
import { BraidError } from '../errors.ts';
import {
  type CollectionSchema,
  DYNAMIC_FIELD_NAME,
  type FieldSchema,
  functionOfOutput,
  primaryField,
} from '../schema/collection-schema.ts';
import { UTC } from '../time/timestamptz.ts';
import { checkStructs } from './check-structs.ts';
import { checkValues } from './check-values.ts';
import { absentColumn, fillNulls } from './fill-nulls.ts';
import { functionOutputs } from './function-outputs.ts';
import type { InputColumn } from './input-column.ts';
import { storedType } from './stored-type.ts';

export interface RowsToValidate {
  readonly rowCount: number;
  readonly columns: readonly InputColumn[];
  /** Whether the client gives the keys of an autoID collection itself (upsert; or the collection allows it). */
  readonly givesAutoId: boolean;
  /** Only fields that were sent are checked and given back, outputs of functions are not computed. */
  readonly isPartial?: boolean;
  /** Of timestamps that name none: an IANA name; UTC where it is left out. */
  readonly timezone?: string | undefined;
}

/**
 * The rows as the writer takes them: every field of the schema (an autoID key only if it is given), full length, in stored types, outputs of functions computed. Throws `parameterInvalid` in
 * Milvus' words (internal/proxy/validate_util.go) for what does not fit the schema.
 */
export async function validateRows(schema: CollectionSchema, rows: RowsToValidate): Promise<ColumnBatch> {
  const { rowCount, timezone = UTC } = rows;
  if (rowCount < 1) throw new BraidError('parameterInvalid', `num_rows should be greater than 0, but got ${rowCount}`);
  const sent = columnsByField(schema, rows.columns);
  const primary = primaryField(schema);
  if (primary.autoId) checkAutoId(primary, sent.has(primary), rows.givesAutoId);
  const columns = new Map<number, Column>();
  for (const field of schema.fields) {
    const input = sent.get(field);
    if (functionOfOutput(schema, field.id)) {
      if (input) throw outputSent(field);
      continue;
    }
    if (!input && (rows.isPartial || (field === primary && field.autoId))) continue;
    const column = input
      ? fillNulls(field, { ...input, column: await storedType(field, input, timezone) }, rowCount)
      : absentColumn(field, rowCount);
    if (input) await checkValues(schema, field, column);
    columns.set(field.id, column);
  }
  if (!rows.isPartial) checkStructs(schema, columns);
  if (schema.functions.length > 0 && !rows.isPartial) {
    for (const [fieldId, column] of await functionOutputs(schema, columns)) columns.set(fieldId, column);
  }
  return { rowCount, columns };
}

function columnsByField(
  schema: CollectionSchema,
  columns: readonly InputColumn[],
): ReadonlyMap<FieldSchema, InputColumn> {
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const found = new Map<FieldSchema, InputColumn>();
  for (const column of columns) {
    const name = column.isDynamic ? DYNAMIC_FIELD_NAME : column.name;
    const field = fields.get(name);
    if (!field)
      throw new BraidError('parameterInvalid', `field ${name} is not in the schema of collection ${schema.name}`);
    if (found.has(field)) throw new BraidError('parameterInvalid', `duplicated column of field ${name}`);
    found.set(field, column);
  }
  return found;
}

function outputSent(field: FieldSchema): BraidError {
  const message = `Attempt to insert an unexpected field \`${field.name}\`: it is the output of a function, no need to provide data`;
  return new BraidError('parameterInvalid', message);
}

function checkAutoId(primary: FieldSchema, isSent: boolean, mayBeSent: boolean): void {
  if (isSent && !mayBeSent) {
    throw new BraidError(
      'parameterInvalid',
      `Cannot assign primary field data when auto id enabled: fieldName: ${primary.name}, autoID field does not require data`,
    );
  }
}
