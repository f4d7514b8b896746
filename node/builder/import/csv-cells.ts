import { BraidError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import { DYNAMIC_FIELD_NAME } from '../../../core/schema/collection-schema.ts';
import { DataType, isVector } from '../../../core/schema/data-type.ts';

/** What a schema must say for the cells of CSV to be understood. */
export interface CsvSchema {
  readonly fields: readonly { readonly name: string; readonly dataType: DataType }[];
  readonly structs: readonly { readonly name: string }[];
}

export interface CsvColumn {
  readonly name: string;
  /** Value of a cell that is not null; it may throw. */
  readonly cell: (text: string) => unknown;
}

/** The columns that the first line of a file names. Cells of vectors, arrays and structs hold JSON. Throws `parameterInvalid` for a name that comes twice. */
export function csvColumns(names: readonly string[], schema: CsvSchema): CsvColumn[] {
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw new BraidError('parameterInvalid', `the column ${doubled} occurs twice`);
  const asJson = new Set([DYNAMIC_FIELD_NAME, ...schema.structs.map((struct) => struct.name)]);
  for (const { name, dataType } of schema.fields) {
    if (isVector(dataType) || dataType === DataType.Array) asJson.add(name);
  }
  // Pandas, and with it pymilvus' writer, writes True.
  const flags = new Set(schema.fields.filter(({ dataType }) => dataType === DataType.Bool).map(({ name }) => name));
  return names.map((name) => {
    if (asJson.has(name)) return { name, cell: parseJson };
    return { name, cell: flags.has(name) ? (text) => text.toLowerCase() : (text) => text };
  });
}

/** A cell that is not null. Throws `parameterInvalid` with its field, row and text. */
export function csvValue({ name, cell }: CsvColumn, text: string, row: number): unknown {
  try {
    return cell(text);
  } catch (cause) {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    throw new BraidError('parameterInvalid', `field ${name}, row ${row}: ${shown} is not JSON`, { cause });
  }
}
