import Type from 'typebox';
import { termId } from '../../../../core/text/term-id.ts';
import { OptionalFlag, OptionalName } from '../codec/bodies.ts';
import { textOf } from '../codec/settings.ts';
import { answer, type Endpoint, endpoint } from '../endpoint.ts';

const AnalyzerBody = Type.Object({
  text: Type.Array(Type.String()),
  /** JSON as text, or as it is. */
  analyzerParams: Type.Optional(Type.Unknown()),
  collectionName: OptionalName,
  fieldName: OptionalName,
  analyzerNames: Type.Optional(Type.Array(Type.String())),
  withDetail: OptionalFlag,
  withHash: OptionalFlag,
});

export const textEndpoints: readonly Endpoint[] = [
  endpoint('common/run_analyzer', AnalyzerBody, async (body, { operations, context }) => {
    const { analyzerParams, withDetail = false, withHash = false } = body;
    const { tokens } = await operations.runAnalyzer(context, {
      texts: body.text,
      analyzerParams: analyzerParams === undefined ? '' : textOf(analyzerParams),
      collection: body.collectionName ?? '',
      field: body.fieldName ?? '',
      analyzerNames: body.analyzerNames ?? [],
    });
    return answer(
      tokens.map((list) => ({
        tokens: list.map(({ text, ...places }) => ({
          token: text,
          ...(withDetail && places),
          ...(withHash && { hash: termId(text) }),
        })),
      })),
    );
  }),
];
