import { setImmediate as nextTurn } from 'node:timers/promises';
import { BraidError } from '../../../core/errors.ts';
import { fieldByName } from '../../../core/schema/collection-schema.ts';
import type { Analyzer, Token } from '../../../core/text/analyzer.ts';
import { checkTextLength } from '../../../core/text/check-text-length.ts';
import { fieldAnalyzers, hasAnalyzer } from '../../../core/text/field-analyzer.ts';
import { parseAnalyzer } from '../../../core/text/parse-analyzer.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface RunAnalyzerInput {
  readonly texts: readonly string[];
  /** JSON; empty: the standard analyzer. Not looked at when a collection is named. */
  readonly analyzerParams: string;
  /** Empty: by `analyzerParams`. */
  readonly collection: string;
  readonly field: string;
  /** Of a field with several analyzers: one for all texts or one for each; none: the default one. */
  readonly analyzerNames: readonly string[];
}

export interface RunAnalyzerOutput {
  /** Per text, in their order. */
  readonly tokens: readonly (readonly Token[])[];
}

/** The tokens that an analyzer makes of texts: one that is described here, or that of a field. */
export async function runAnalyzer(
  cluster: Cluster,
  context: RequestContext,
  input: RunAnalyzerInput,
): Promise<RunAnalyzerOutput> {
  const { texts } = input;
  const analyzerOf = await analyzersOf(cluster, context, input);
  const tokens: (readonly Token[])[] = [];
  for (let i = 0; i < texts.length; i++) {
    checkTextLength(texts[i]!);
    tokens.push(analyzerOf(i).tokens(texts[i]!));
    await nextTurn();
  }
  return { tokens };
}

async function analyzersOf(
  cluster: Cluster,
  { database }: RequestContext,
  { collection, field: fieldName, analyzerParams, analyzerNames, texts }: RunAnalyzerInput,
): Promise<(text: number) => Analyzer> {
  if (collection === '') {
    const analyzer = parseAnalyzer(analyzerParams);
    return () => analyzer;
  }
  const { schema } = await cluster.catalog.read((catalog) => catalog.collection(database, collection));
  const field = fieldByName(schema, fieldName);
  if (!field) throw new BraidError('fieldNotFound', `field not found[field=${fieldName}]`);
  if (!hasAnalyzer(field)) throw invalid(`field ${fieldName} does not enable analyzer`);
  const analyzers = fieldAnalyzers(field);
  if (analyzerNames.length === 0) return () => analyzers.default;
  if (analyzers.byField === undefined) throw invalid('analyzer names should be empty if not using multi analyzer');
  if (analyzerNames.length !== 1 && analyzerNames.length !== texts.length) {
    throw invalid(`analyzer names should be one or as many as texts: got ${analyzerNames.length} for ${texts.length}`);
  }
  return (text) => analyzers.named(analyzerNames[text] ?? analyzerNames[0]!);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
