import { hasMatch } from '../text/field-analyzer.ts';
import { FIRST_FIELD_ID, type FieldSchema, type FunctionSchema, termsName } from './collection-schema.ts';
import { DataType } from './data-type.ts';

/** The hidden fields and functions that `text_match` needs: terms of the texts that no function of the client brings. `fields`, `functions`: what the client asked for. */
export function hiddenTerms(
  fields: readonly FieldSchema[],
  functions: readonly FunctionSchema[],
): { readonly fields: readonly FieldSchema[]; readonly functions: readonly FunctionSchema[] } {
  const texts = fields.filter(
    (field) => hasMatch(field) && !functions.some(({ inputFieldIds }) => inputFieldIds.includes(field.id)),
  );
  const idAfter = Math.max(FIRST_FIELD_ID - 1, ...fields.map(({ id }) => id)) + 1;
  return {
    fields: texts.map(({ name }, i) => ({
      id: idAfter + i,
      name: termsName(name),
      description: '',
      dataType: DataType.SparseFloatVector,
      isPrimaryKey: false,
      autoId: false,
      nullable: false,
      isPartitionKey: false,
      isClusteringKey: false,
      isDynamic: false,
      typeParams: {},
    })),
    functions: texts.map(({ id, name }, i) => ({
      // Below those of clients.
      id: i + 1,
      name: termsName(name),
      description: '',
      type: 'BM25',
      inputFieldIds: [id],
      outputFieldIds: [idAfter + i],
      params: {},
    })),
  };
}
