import { setImmediate as nextTurn } from 'node:timers/promises';
import { Phrase } from '../../../core/filter/text/phrase.ts';
import { checkTextLength } from '../../../core/text/check-text-length.ts';
import { parseAnalyzer } from '../../../core/text/parse-analyzer.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface PhraseMatchSlopsInput {
  readonly phrase: string;
  readonly texts: readonly string[];
  /** JSON; empty: the standard analyzer. */
  readonly analyzerParams: string;
}

export interface PhraseMatchSlopsOutput {
  /** Per text: the smallest slop with which `phrase_match` finds the phrase in it; infinite: a word is missing. Empty if the phrase is empty, as in Milvus. */
  readonly slops: readonly number[];
}

/** How much slop a phrase match needs for each of these texts. An analyzer that cannot be made is an error here; Milvus answers that no text matches. */
export async function phraseMatchSlops(
  _cluster: Cluster,
  _context: RequestContext,
  { phrase: words, texts, analyzerParams }: PhraseMatchSlopsInput,
): Promise<PhraseMatchSlopsOutput> {
  const analyzer = parseAnalyzer(analyzerParams);
  if (words === '') return { slops: [] };
  checkTextLength(words);
  const phrase = new Phrase(analyzer, words, 0);
  const slops: number[] = [];
  for (const text of texts) {
    checkTextLength(text);
    slops.push(phrase.neededSlop(analyzer, text));
    await nextTurn();
  }
  return { slops };
}
