import type { Analyzer } from './analyzer.ts';

export interface HighlightOptions {
  /** Put around the first word of a fragment, the second, ...; begun again when there are no more. Never empty. */
  readonly preTags: readonly string[];
  readonly postTags: readonly string[];
  /** Characters before the first word of a fragment. */
  readonly fragmentOffset: number;
  /** Characters of a fragment without its tags; a longer word stays whole. */
  readonly fragmentSize: number;
  readonly fragmentsMax: number;
}

/** Pieces of a text around the tokens that are among `terms`, these tokens in tags; nothing where there are none. */
export function highlight(
  analyzer: Analyzer,
  text: string,
  terms: ReadonlySet<string>,
  options: HighlightOptions,
): readonly string[] {
  const fragments = cutFragments(text, findSpans(analyzer, text, terms), options);
  return fragments.map((fragment) => tagged(text, fragment, options));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Fragment extends Span {
  readonly words: Span[];
}

/** Where the terms stand, from left to right; words within words are one. */
function findSpans(analyzer: Analyzer, text: string, terms: ReadonlySet<string>): readonly Span[] {
  const found: Span[] = [];
  analyzer.each(text, (token, start, end) => {
    if (terms.has(token)) found.push({ start, end });
  });
  found.sort((left, right) => left.start - right.start);
  const spans: Span[] = [];
  for (const span of found) {
    const last = spans.at(-1);
    if (last && span.start < last.end) spans[spans.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else spans.push(span);
  }
  return spans;
}

function cutFragments(text: string, words: readonly Span[], options: HighlightOptions): readonly Fragment[] {
  const fragments: Fragment[] = [];
  for (const word of words) {
    const last = fragments.at(-1);
    if (last && word.end <= last.end) {
      last.words.push(word);
      continue;
    }
    if (fragments.length === options.fragmentsMax) break;
    const start = Math.max(last?.end ?? 0, word.start - options.fragmentOffset);
    const begin = wholeCharacter(text, Math.min(start, word.start));
    const end = wholeCharacter(text, Math.min(text.length, Math.max(word.end, begin + options.fragmentSize)));
    fragments.push({ start: begin, end, words: [word] });
  }
  return fragments;
}

/** The place, or the next one if it lies within a pair of surrogates. */
function wholeCharacter(text: string, place: number): number {
  return (text.charCodeAt(place) & 0xfc00) === 0xdc00 ? place + 1 : place;
}

function tagged(text: string, { start, end, words }: Fragment, { preTags, postTags }: HighlightOptions): string {
  let result = '';
  let at = start;
  words.forEach((word, i) => {
    const [pre, post] = [preTags[i % preTags.length]!, postTags[i % postTags.length]!];
    result += text.slice(at, word.start) + pre + text.slice(word.start, word.end) + post;
    at = word.end;
  });
  return result + text.slice(at, end);
}
