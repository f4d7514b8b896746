import type { Tokenizer, TokenSink } from '../analyzer.ts';

/** Runs of letters and digits of any script: Milvus' `standard`, and what tantivy calls simple. */
export const standardTokenizer: Tokenizer = (text, emit) => {
  // Unicode's classes cost ten times what ASCII's do.
  if (isAscii(text)) asciiWords(text, emit);
  else matches(/[\p{Alphabetic}\p{N}]+/gu, text, emit);
};

/** Runs of anything but ASCII white space. */
export const whitespaceTokenizer: Tokenizer = (text, emit) => matches(/[^ \t\n\f\r]+/g, text, emit);

function matches(words: RegExp, text: string, emit: TokenSink): void {
  let position = 0;
  for (let word = words.exec(text); word; word = words.exec(text)) {
    emit(word[0], word.index, words.lastIndex, position++, 1);
  }
}

/** 1 for letters and digits. */
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0));

function asciiWords(text: string, emit: TokenSink): void {
  let position = 0;
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && IN_WORD[text.charCodeAt(at)] === 1) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      emit(text.slice(start, at), start, at, position++, 1);
      start = -1;
    }
  }
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  return /^[\x00-\x7f]*$/.test(text);
}
