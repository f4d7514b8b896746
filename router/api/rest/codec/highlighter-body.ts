import Type, { type Static } from 'typebox';
import { BraidError } from '../../../../core/errors.ts';
import type { FieldHighlights } from '../../../operations/reads/highlight/highlighted-search.ts';
import type { HighlighterInput } from '../../../operations/reads/highlight/parse-highlighter.ts';
import { textsOf } from './settings.ts';

/** Milvus has no highlighter over REST: this is gRPC's message as JSON. Parameters may also stand beside `type`, as the SDKs have them. */
export const HighlighterBody = Type.Optional(Type.Record(Type.String(), Type.Unknown()));

const TYPES: Readonly<Record<string, HighlighterInput['type']>> = {
  lexical: 'Lexical',
  '0': 'Lexical',
  semantic: 'Semantic',
  '1': 'Semantic',
};

export function highlighterOf(body: Static<typeof HighlighterBody> | undefined): HighlighterInput | undefined {
  if (!body) return undefined;
  const { type: name = 'Lexical', params = {}, ...beside } = body;
  const type = TYPES[String(name).toLowerCase()];
  if (!type) throw new BraidError('parameterInvalid', `highlighter type ${name}: expected Lexical`);
  return { type, params: new Map(Object.entries(textsOf({ ...beside, ...(params as object) }))) };
}

/** Of one hit, by field, as SDKs show it. */
export function highlightJson(highlights: readonly FieldHighlights[], hit: number): object {
  return Object.fromEntries(highlights.map(({ field, fragments }) => [field, { fragments: fragments[hit] }]));
}
