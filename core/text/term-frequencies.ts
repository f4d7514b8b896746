import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BytesColumn } from '../columns/column.ts';
import { bytesColumn, textAt } from '../columns/column-operations.ts';
import { DataType } from '../schema/data-type.ts';
import type { Analyzer } from './analyzer.ts';
import { termId } from './term-id.ts';

/** Bytes of text that are analysed between two turns of the event loop. */
const TEXT_BYTES_PER_TURN = 32 * 1024;
const PAIR_BYTES = 8;

/**
 * What the function BM25 makes of a column of texts: sparse vectors of the ids of their terms (term-id.ts) and how often each occurs. `analyzerOf` says how a row is
 * analysed. Long columns are worked on in pieces.
 */
export async function termFrequencies(texts: BytesColumn, analyzerOf: (row: number) => Analyzer): Promise<BytesColumn> {
  const offsets = new Uint32Array(texts.rowCount + 1);
  const ids = new TermIds();
  let pairs = new Uint32Array(1024);
  let end = 0;
  let sinceTurn = 0;
  for (let row = 0; row < texts.rowCount; row++) {
    const frequencies = ids.count(analyzerOf(row), textAt(texts, row));
    if (end + frequencies.size * 2 > pairs.length) {
      const grown = new Uint32Array(Math.max(pairs.length * 2, end + frequencies.size * 2));
      grown.set(pairs.subarray(0, end));
      pairs = grown;
    }
    end = writePairs(frequencies, pairs, end);
    offsets[row + 1] = end * Uint32Array.BYTES_PER_ELEMENT;
    sinceTurn += texts.offsets[row + 1]! - texts.offsets[row]!;
    if (sinceTurn < TEXT_BYTES_PER_TURN) continue;
    sinceTurn = 0;
    await nextTurn();
  }
  const bytes = new Uint8Array(pairs.buffer, 0, end * Uint32Array.BYTES_PER_ELEMENT);
  return bytesColumn(DataType.SparseFloatVector, offsets, bytes);
}

/** Ids of the terms of one column: most terms come more than once. */
class TermIds {
  readonly #known = new Map<string, number>();

  /** How often each term occurs, by id. */
  count(analyzer: Analyzer, text: string): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    analyzer.each(text, (term) => {
      let id = this.#known.get(term);
      if (id === undefined) {
        id = termId(term);
        this.#known.set(term, id);
      }
      counts.set(id, (counts.get(id) ?? 0) + 1);
    });
    return counts;
  }
}

function writePairs(frequencies: ReadonlyMap<number, number>, pairs: Uint32Array, from: number): number {
  const values = new Float32Array(pairs.buffer);
  let at = from;
  for (const id of Uint32Array.from(frequencies.keys()).sort()) {
    pairs[at] = id;
    values[at + 1] = frequencies.get(id)!;
    at += PAIR_BYTES / Uint32Array.BYTES_PER_ELEMENT;
  }
  return at;
}
