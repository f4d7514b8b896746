import type { Analyzer } from '../../text/analyzer.ts';

/**
 * Words in their order. They may lie apart by `slop` positions in all: with slop 1 one word may stand between two, with slop 2 they may change places (Lucene's SloppyPhraseMatcher:
 * the distance is the largest difference between the places where the words stand and those where they would).
 */
export class Phrase {
  /** Of each word: the term, and where it stands in the phrase. */
  readonly #words: readonly { readonly term: string; readonly position: number }[];
  readonly #slop: number;

  constructor(analyzer: Analyzer, text: string, slop: number) {
    const words: { term: string; position: number }[] = [];
    analyzer.each(text, (term, _start, _end, position) => words.push({ term, position }));
    this.#words = words;
    this.#slop = slop;
  }

  get terms(): readonly string[] {
    return this.#words.map(({ term }) => term);
  }

  /** A phrase without words is nowhere. */
  isIn(analyzer: Analyzer, text: string): boolean {
    return this.#words.length > 0 && this.neededSlop(analyzer, text) <= this.#slop;
  }

  /** The smallest slop with which the text has the phrase, whatever its own slop is: infinite if a word is missing, 0 if the phrase has none. */
  neededSlop(analyzer: Analyzer, text: string): number {
    if (this.#words.length === 0) return 0;
    const positions = new Map<string, number[]>(this.#words.map(({ term }) => [term, []]));
    analyzer.each(text, (term, _start, _end, position) => positions.get(term)?.push(position));
    // Where the phrase would begin, by each place of each word.
    return smallestSpan(this.#words.map(({ term, position }) => positions.get(term)!.map((place) => place - position)));
  }
}

/** The smallest distance between the largest and the smallest of numbers taken one from each list; the lists ascend. */
function smallestSpan(lists: readonly (readonly number[])[]): number {
  if (lists.some((list) => list.length === 0)) return Number.POSITIVE_INFINITY;
  const places = lists.map(() => 0);
  let smallest = Number.POSITIVE_INFINITY;
  for (;;) {
    let lowest = 0;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < lists.length; i++) {
      const value = lists[i]![places[i]!]!;
      if (value < lists[lowest]![places[lowest]!]!) lowest = i;
      if (value > high) high = value;
    }
    smallest = Math.min(smallest, high - lists[lowest]![places[lowest]!]!);
    if (++places[lowest]! === lists[lowest]!.length) return smallest;
  }
}
