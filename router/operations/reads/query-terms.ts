import { bytesColumnFrom } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import { fieldById, functionOfOutput } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { checkTextLength } from '../../../core/text/check-text-length.ts';
import { fieldAnalyzers } from '../../../core/text/field-analyzer.ts';
import { termFrequencies } from '../../../core/text/term-frequencies.ts';
import type { SearchPlan } from './plan-search.ts';
import type { QueryTexts, QueryVectors } from './search.ts';

/**
 * Texts as queries of a BM25 field: their terms and how often each occurs, analysed like the field's own texts. A text without terms finds nothing. Of a field with several
 * analyzers the parameter `analyzer_name` chooses one.
 */
export async function queryTerms(plan: SearchPlan, { texts }: QueryTexts): Promise<QueryVectors> {
  const { schema } = plan.target.collection;
  const definition = functionOfOutput(schema, plan.field.id);
  if (!definition) {
    const message = `field ${plan.field.name} is no output of a BM25 function: it cannot be searched by text`;
    throw new BraidError('parameterInvalid', message);
  }
  for (const text of texts) checkTextLength(text);
  const analyzers = fieldAnalyzers(fieldById(schema, definition.inputFieldIds[0]!)!);
  const analyzer = analyzers.named(plan.parameters.analyzerName);
  const { bytes, offsets, rowCount } = await termFrequencies(bytesColumnFrom(DataType.VarChar, texts), () => analyzer);
  return { kind: 'vectors', dataType: DataType.SparseFloatVector, data: bytes, offsets, queryCount: rowCount };
}
