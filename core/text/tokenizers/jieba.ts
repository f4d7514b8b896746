import { createRequire } from 'node:module';
import type { Jieba } from '@node-rs/jieba';
import type { Tokenizer, TokenSink } from '../analyzer.ts';

export interface JiebaOptions {
  /** `_default_` stands for the dictionary that comes along. */
  readonly words: readonly string[];
  /** Also the shorter words inside a long one. */
  readonly mode: 'search' | 'exact';
  /** Guesses words that are in no dictionary. */
  readonly guessesWords: boolean;
}

const DEFAULT_WORDS = '_default_';
/** Above every word of the dictionary, so that a word that was given stays whole. */
const WORD_FREQUENCY = 1_000_000;

/** Chinese words. Positions count characters, as Milvus' do: a word inside another has a position inside the other's span. */
export function jiebaTokenizer({ words, mode, guessesWords }: JiebaOptions): Tokenizer {
  const jieba = load(words);
  return (text, emit) => {
    const whole = jieba.cut(text, guessesWords);
    const parts = mode === 'search' ? jieba.cutForSearch(text, guessesWords) : whole;
    let start = 0;
    let position = 0;
    let next = 0;
    for (const word of whole) {
      // The shorter words of a word come before it, pairs first, then triples, each from left to right.
      for (let from = 0, length = 0; parts[next] !== word; next++) {
        const part = parts[next]!;
        if (part.length !== length) from = 0;
        length = part.length;
        const at = word.indexOf(part, from);
        emitWord(emit, part, start + at, position + characters(word.slice(0, at)));
        from = at + 1;
      }
      next++;
      emitWord(emit, word, start, position);
      start += word.length;
      position += characters(word);
    }
  };
}

function load(words: readonly string[]): Jieba {
  const require = createRequire(import.meta.url);
  const own = words.filter((word) => word !== DEFAULT_WORDS);
  if (own.length === 0 && words.length > 0) return require('./default-jieba.ts').defaultJieba;
  const { Jieba } = require('@node-rs/jieba');
  const jieba: Jieba = words.length > own.length ? Jieba.withDict(require('@node-rs/jieba/dict.js').dict) : new Jieba();
  if (own.length > 0) jieba.loadDict(Buffer.from(own.map((word) => `${word} ${WORD_FREQUENCY}\n`).join('')));
  return jieba;
}

function emitWord(emit: TokenSink, word: string, start: number, position: number): void {
  emit(word, start, start + word.length, position, characters(word));
}

function characters(text: string): number {
  let count = text.length;
  // Pairs of surrogates are one character.
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  return count;
}
