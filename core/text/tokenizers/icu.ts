import type { Tokenizer } from '../analyzer.ts';

/** Words of any language by Unicode's rules and dictionaries (UAX 29); white space and punctuation are tokens too. Positions count characters, as Milvus' do. */
export function icuTokenizer(): Tokenizer {
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
  return (text, emit) => {
    let position = 0;
    for (const { segment, index } of segmenter.segment(text)) {
      const length = [...segment].length;
      emit(segment, index, index + segment.length, position, length);
      position += length;
    }
  };
}
