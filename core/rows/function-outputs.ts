import type { BytesColumn, Column } from '../columns/column.ts';
import { textAt } from '../columns/column-operations.ts';
import { type CollectionSchema, type FunctionSchema, fieldById, fieldByName } from '../schema/collection-schema.ts';
import { fieldAnalyzers } from '../text/field-analyzer.ts';
import { termFrequencies } from '../text/term-frequencies.ts';

/** The columns that the functions of the schema make of the others, by field id. `columns` are of full length. */
export async function functionOutputs(
  schema: CollectionSchema,
  columns: ReadonlyMap<number, Column>,
): Promise<ReadonlyMap<number, Column>> {
  const outputs = new Map<number, Column>();
  for (const definition of schema.functions) {
    outputs.set(definition.outputFieldIds[0]!, await bm25Output(schema, definition, columns));
  }
  return outputs;
}

async function bm25Output(
  schema: CollectionSchema,
  { inputFieldIds }: FunctionSchema,
  columns: ReadonlyMap<number, Column>,
): Promise<Column> {
  const input = fieldById(schema, inputFieldIds[0]!)!;
  const texts = columns.get(input.id) as BytesColumn;
  const analyzers = fieldAnalyzers(input);
  const by = analyzers.byField === undefined ? undefined : fieldByName(schema, analyzers.byField);
  const names = by && (columns.get(by.id) as BytesColumn);
  return termFrequencies(texts, (row) => (names ? analyzers.named(textAt(names, row)) : analyzers.default));
}
