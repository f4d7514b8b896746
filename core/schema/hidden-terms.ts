import { hasMatch } from '../text/field-analyzer.ts';
import { type FieldSchema, type FunctionSchema, isHidden, termsName } from './collection-schema.ts';
import { DataType } from './data-type.ts';

/**
 * The hidden fields and functions that `text_match` needs: terms of the texts that no function brings. `fields`, `functions`: what there is; `idAfter`: the first id that is free for
 * a field.
 */
export function hiddenTerms(
  fields: readonly FieldSchema[],
  functions: readonly FunctionSchema[],
  idAfter: number,
): { readonly fields: readonly FieldSchema[]; readonly functions: readonly FunctionSchema[] } {
  const texts = fields.filter(
    (field) => hasMatch(field) && !functions.some(({ inputFieldIds }) => inputFieldIds.includes(field.id)),
  );
  // Below those of clients.
  const functionIdAfter = Math.max(0, ...functions.filter(isHidden).map(({ id }) => id)) + 1;
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
      id: functionIdAfter + i,
      name: termsName(name),
      description: '',
      type: 'BM25',
      inputFieldIds: [id],
      outputFieldIds: [idAfter + i],
      params: {},
    })),
  };
}
