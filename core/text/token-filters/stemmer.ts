import { createRequire } from 'node:module';
import { BraidError } from '../../errors.ts';
import type { TokenFilter } from '../analyzer.ts';

const LANGUAGES: readonly string[] = [
  ...['arabic', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek', 'hungarian', 'italian'],
  ...['norwegian', 'portuguese', 'romanian', 'russian', 'spanish', 'swedish', 'tamil', 'turkish'],
];

/** Words to their stems. The stemmers are Snowball's as `@orama/stemmers` has them. */
export function stemmerFilter(language: string): TokenFilter {
  const name = language.toLowerCase();
  if (!LANGUAGES.includes(name)) {
    throw new BraidError('parameterInvalid', `create stemmer failed: unsupport language: ${language}`);
  }
  return createRequire(import.meta.url)(`@orama/stemmers/${name}`).stemmer;
}
