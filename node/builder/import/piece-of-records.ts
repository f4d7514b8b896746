import { BraidError } from '../../../core/errors.ts';
import { isRecord } from '../../../core/rows/is-record.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import { rowsToColumns } from '../../../core/rows/rows-to-columns.ts';
import { DYNAMIC_FIELD_NAME, isHidden } from '../../../core/schema/collection-schema.ts';
import type { FilePiece, ImportFormat } from './import-file.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows that are objects, of JSON or CSV. Keys that are no fields become dynamic ones; those in `$meta` are put beside them. */
export function pieceOfRecords(records: readonly Row[], firstRow: number, format: ImportFormat): FilePiece {
  const { schema } = format;
  const fields = schema.fields.filter((field) => !isHidden(field));
  return {
    firstRow,
    rowCount: records.length,
    toColumns: (from, to) =>
      rowsToColumns(records.slice(from, to).map(withDynamicKeys), fields, schema.enableDynamicField),
  };
}

/** The writers of SDKs put dynamic keys into an object, or a text of one, named `$meta`. */
export function withDynamicKeys(record: Row): Row {
  if (!Object.hasOwn(record, DYNAMIC_FIELD_NAME)) return record;
  const { [DYNAMIC_FIELD_NAME]: given, ...fields } = record;
  const keys = typeof given === 'string' ? parseJson(given) : given;
  if (keys === null || keys === undefined) return fields;
  if (!isRecord(keys)) throw new BraidError('parameterInvalid', `${DYNAMIC_FIELD_NAME} is not an object`);
  const taken = Object.keys(keys).find((key) => Object.hasOwn(fields, key));
  if (taken !== undefined) {
    throw new BraidError('parameterInvalid', `${taken} is in ${DYNAMIC_FIELD_NAME} and beside it`);
  }
  return { ...fields, ...keys };
}
