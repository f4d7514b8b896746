import { termId } from '../../../../core/text/term-id.ts';
import { AnalyzerToken, type RunAnalyzerRequest } from '../../../../proto/generated/milvus/analyzer.ts';
import type { Operations } from '../../../operations/operations.ts';
import { decodeText } from '../codec/decode-text.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function textHandlers(operations: Operations) {
  return {
    runAnalyzer: async (request, context) => {
      const { tokens } = await operations.runAnalyzer(context, {
        texts: request.placeholder.map((text) => decodeText(text)),
        analyzerParams: request.analyzerParams,
        collection: request.collectionName,
        field: request.fieldName,
        analyzerNames: request.analyzerNames,
      });
      return { status: SUCCESS, results: tokens.map((list) => ({ tokens: encodeTokens(list, request) })) };
    },

    computePhraseMatchSlop: async ({ queryText, dataTexts, analyzerParams }, context) => {
      const { slops } = await operations.phraseMatchSlops(context, {
        phrase: queryText,
        texts: dataTexts,
        analyzerParams,
      });
      return {
        status: SUCCESS,
        isMatch: slops.map((slop) => Number.isFinite(slop)),
        slops: slops.map((slop) => (Number.isFinite(slop) ? BigInt(slop) : -1n)),
      };
    },
  } satisfies Handlers;
}

type Tokens = Awaited<ReturnType<Operations['runAnalyzer']>>['tokens'][number];

function encodeTokens(tokens: Tokens, { withDetail, withHash }: RunAnalyzerRequest): AnalyzerToken[] {
  return tokens.map(({ text, startOffset, endOffset, position, positionLength }) =>
    AnalyzerToken.create({
      token: text,
      ...(withDetail && {
        startOffset: BigInt(startOffset),
        endOffset: BigInt(endOffset),
        position: BigInt(position),
        positionLength: BigInt(positionLength),
      }),
      ...(withHash && { hash: termId(text) }),
    }),
  );
}
