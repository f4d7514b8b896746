import Type, { type Static } from 'typebox';
import type { FunctionScoreInput } from '../../../operations/reads/rank/function-score.ts';
import { textsOf } from './settings.ts';

const Settings = Type.Optional(Type.Record(Type.String(), Type.Unknown()));

/** Rerank functions as REST has them: gRPC's, with names in camel case. */
export const FunctionScoreBody = Type.Optional(
  Type.Object({
    functions: Type.Array(
      Type.Object({
        name: Type.Optional(Type.String()),
        description: Type.Optional(Type.String()),
        type: Type.String(),
        inputFieldNames: Type.Optional(Type.Array(Type.String())),
        outputFieldNames: Type.Optional(Type.Array(Type.String())),
        params: Settings,
      }),
    ),
    params: Settings,
  }),
);

export function functionScoreOf(body: Static<typeof FunctionScoreBody> | undefined): FunctionScoreInput | undefined {
  if (!body || body.functions.length === 0) return undefined;
  return {
    functions: body.functions.map(({ name = '', type, inputFieldNames = [], outputFieldNames = [], params }) => ({
      name,
      isRerank: type.toLowerCase() === 'rerank',
      inputFields: inputFieldNames,
      outputFields: outputFieldNames,
      parameters: new Map(Object.entries(textsOf(params))),
    })),
    parameters: new Map(Object.entries(textsOf(body.params))),
  };
}
