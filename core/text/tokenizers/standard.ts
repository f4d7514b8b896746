import type { Tokenizer } from '../analyzer.ts';

/** Runs of letters and digits of any script: Milvus' `standard`, and what tantivy calls simple. */
export const standardTokenizer: Tokenizer = (text, emit) => {
  const words = /[\p{Alphabetic}\p{N}]+/gu;
  let position = 0;
  for (let word = words.exec(text); word; word = words.exec(text)) {
    emit(word[0], word.index, words.lastIndex, position++, 1);
  }
};

/** Runs of anything but ASCII white space. */
export const whitespaceTokenizer: Tokenizer = (text, emit) => {
  const words = /[^ \t\n\f\r]+/g;
  let position = 0;
  for (let word = words.exec(text); word; word = words.exec(text)) {
    emit(word[0], word.index, words.lastIndex, position++, 1);
  }
};
