/** Takes one token: its text, where it begins and ends in the source (UTF-16 units), its position among the tokens and how many positions it spans. */
export type TokenSink = (token: string, start: number, end: number, position: number, positionLength: number) => void;

/** Cuts a text into tokens, in order. */
export type Tokenizer = (text: string, emit: TokenSink) => void;

/** What becomes of a token: another text, several, or nothing. */
export type TokenFilter = (token: string) => string | readonly string[] | undefined;

export interface Token {
  readonly text: string;
  /** Where it stands in the source, in bytes of UTF-8 as tantivy counts. */
  readonly startOffset: number;
  readonly endOffset: number;
  /** Dropped tokens leave holes. */
  readonly position: number;
  readonly positionLength: number;
}

/** Text to tokens: what a VarChar field with `enable_analyzer` is searched by. Pure; the same text gives the same tokens everywhere. */
export class Analyzer {
  readonly #tokenizer: Tokenizer;
  readonly #filters: readonly TokenFilter[];

  constructor(tokenizer: Tokenizer, filters: readonly TokenFilter[]) {
    this.#tokenizer = tokenizer;
    this.#filters = filters;
  }

  each(text: string, emit: TokenSink): void {
    const filters = this.#filters;
    this.#tokenizer(text, (token, start, end, position, positionLength) => {
      let current: string | undefined = token;
      for (let i = 0; i < filters.length; i++) {
        const next = filters[i]!(current);
        if (typeof next === 'object') {
          for (const part of next) this.#rest(part, i + 1, (last) => emit(last, start, end, position, positionLength));
          return;
        }
        current = next;
        if (current === undefined) return;
      }
      emit(current, start, end, position, positionLength);
    });
  }

  terms(text: string): string[] {
    const terms: string[] = [];
    this.each(text, (token) => terms.push(token));
    return terms;
  }

  tokens(text: string): Token[] {
    const tokens: Token[] = [];
    const bytesBefore = new ByteCounter(text);
    this.each(text, (token, start, end, position, positionLength) => {
      const [startOffset, endOffset] = [bytesBefore.at(start), bytesBefore.at(end)];
      tokens.push({ text: token, startOffset, endOffset, position, positionLength });
    });
    return tokens;
  }

  #rest(token: string, from: number, emit: (token: string) => void): void {
    const next = from === this.#filters.length ? token : this.#filters[from]!(token);
    if (next === undefined) return;
    if (from === this.#filters.length) emit(token);
    else for (const part of typeof next === 'string' ? [next] : next) this.#rest(part, from + 1, emit);
  }
}

/** UTF-8 bytes before a place of a text, for places that mostly ascend. */
class ByteCounter {
  readonly #text: string;
  #place = 0;
  #bytes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(place: number): number {
    const [from, to] = place < this.#place ? [place, this.#place] : [this.#place, place];
    const between = Buffer.byteLength(this.#text.slice(from, to));
    this.#bytes += place < this.#place ? -between : between;
    this.#place = place;
    return this.#bytes;
  }
}
