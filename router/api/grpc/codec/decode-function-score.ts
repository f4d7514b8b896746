import { type FunctionScore, FunctionType } from '../../../../proto/generated/milvus/function.ts';
import type { FunctionScoreInput } from '../../../operations/reads/rank/function-score.ts';
import { mapOf } from './key-values.ts';

export function decodeFunctionScore(message: FunctionScore | undefined): FunctionScoreInput | undefined {
  if (!message || message.functions.length === 0) return undefined;
  return {
    functions: message.functions.map(({ name, type, inputFieldNames, outputFieldNames, params }) => ({
      name,
      isRerank: type === FunctionType.Rerank,
      inputFields: inputFieldNames,
      outputFields: outputFieldNames,
      parameters: mapOf(params),
    })),
    parameters: mapOf(message.params),
  };
}
