import type { BytesColumn, Column } from '../columns/column.ts';
import { textAt } from '../columns/column-operations.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  fieldById,
  fieldByName,
} from '../schema/collection-schema.ts';
import { fieldAnalyzers } from '../text/field-analyzer.ts';
import { termFrequencies } from '../text/term-frequencies.ts';

/** The columns that the functions of the schema make of the others, by field id. `columns` are of full length. */
export async function functionOutputs(
  schema: CollectionSchema,
  columns: ReadonlyMap<number, Column>,
): Promise<ReadonlyMap<number, Column>> {
  const outputs = new Map<number, Column>();
  for (const definition of schema.functions) {
    outputs.set(definition.outputFieldIds[0]!, await functionOutput(schema, definition, columns));
  }
  return outputs;
}

/** The fields that a function reads: its input, and the field that names the analyzer of each row, if there is one. */
export function fieldsRead(schema: CollectionSchema, { inputFieldIds }: FunctionSchema): readonly FieldSchema[] {
  const input = fieldById(schema, inputFieldIds[0]!)!;
  const { byField } = fieldAnalyzers(input);
  const by = byField === undefined ? undefined : fieldByName(schema, byField);
  return by ? [input, by] : [input];
}

/** The column that one function makes of the others. */
export async function functionOutput(
  schema: CollectionSchema,
  definition: FunctionSchema,
  columns: ReadonlyMap<number, Column>,
): Promise<BytesColumn> {
  const [input, by] = fieldsRead(schema, definition);
  const texts = columns.get(input!.id) as BytesColumn;
  const analyzers = fieldAnalyzers(input!);
  const names = by && (columns.get(by.id) as BytesColumn);
  return termFrequencies(texts, (row) => (names ? analyzers.named(textAt(names, row)) : analyzers.default));
}
