import type { TokenFilter } from '../analyzer.ts';

/** Splits a token that consists of words of the list from end to end, the longest ones first; others stay. */
export function decompounderFilter(words: readonly string[]): TokenFilter {
  const known = new Set(words.filter((word) => word !== ''));
  const longest = words.reduce((most, word) => Math.max(most, word.length), 0);
  return (token) => {
    const parts: string[] = [];
    for (let at = 0; at < token.length; ) {
      let length = Math.min(longest, token.length - at);
      while (length > 0 && !known.has(token.slice(at, at + length))) length--;
      if (length === 0) return token;
      parts.push(token.slice(at, at + length));
      at += length;
    }
    return parts;
  };
}
