import type { BytePredicate, TextRange } from './byte-predicate.ts';
import { type LikeItem, LikeSegment } from './like-segment.ts';

/**
 * `like`: `%` stands for any text, also none; `_` for exactly one character (code point), also a line break. A backslash makes the next
 * character an ordinary one.
 *
 * The pattern is split at `%`. The first part must stand at the beginning, the last one at the end, those between are searched from left to right,
 * each after the one before: because every part has a fixed number of characters, the leftmost place is always as good as any other, so that
 * there is no backtracking. Time is linear in the text but for the parts in the middle, whose length is limited (likeSearchBytesMax).
 */
export class LikePattern implements BytePredicate {
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Bytes of the parts that are searched for. */
  readonly searchBytes: number;
  readonly #first: LikeSegment;
  readonly #middle: readonly LikeSegment[];
  /** Missing when the pattern has no `%`: the first part is all of the text then. */
  readonly #last: LikeSegment | undefined;

  constructor(pattern: string) {
    const segments = split(pattern).map((items) => new LikeSegment(items));
    this.#first = segments[0]!;
    this.#middle = segments.slice(1, -1).filter((segment) => segment.lengthMin > 0);
    this.#last = segments.length > 1 ? segments.at(-1) : undefined;
    this.lengthMin = segments.reduce((sum, segment) => sum + segment.lengthMin, 0);
    this.lengthMax = this.#last ? Number.POSITIVE_INFINITY : this.#first.lengthMax;
    this.searchBytes = this.#middle.reduce((sum, segment) => sum + segment.lengthMin, 0);
  }

  /** The texts that begin with what stands before the first wildcard. */
  get range(): TextRange {
    const prefix = this.#first.literalStart;
    const isPrefixOnly = this.#middle.length === 0 && this.#last?.lengthMin === 0;
    const upper = afterPrefix(prefix);
    return {
      lower: { value: prefix, inclusive: true },
      upper: upper && { value: upper, inclusive: false },
      isExact: isPrefixOnly && prefix.length === this.#first.lengthMin,
    };
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    let position = this.#first.matchAt(bytes, start, end);
    if (position === -1) return false;
    if (!this.#last) return position === end;
    const tail = this.#last.matchBefore(bytes, start, end);
    if (tail < position) return false;
    for (const segment of this.#middle) {
      position = segment.search(bytes, position, tail);
      if (position === -1) return false;
    }
    return true;
  }
}

function split(pattern: string): LikeItem[][] {
  const segments: LikeItem[][] = [[]];
  let literal = '';
  const flush = () => {
    if (literal !== '') segments.at(-1)!.push(literal);
    literal = '';
  };
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '\\' && i + 1 < pattern.length) {
      i++;
      literal += pattern[i]!;
    } else if (character === '%') {
      flush();
      segments.push([]);
    } else if (character === '_') {
      flush();
      segments.at(-1)!.push({ any: true });
    } else {
      literal += character;
    }
  }
  flush();
  return segments;
}

/** The first text by bytes that sorts after all those with the prefix; undefined if there is none. */
function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  if (last === -1) return undefined;
  const after = prefix.slice(0, last + 1);
  after[last]!++;
  return after;
}
