import type { Bm25Options } from '../../native/sparse-index.ts';

/** A sparse vector: value by term. */
export type Vector = ReadonlyMap<number, number>;

/** As the index takes them. */
export function encode(vectors: readonly Vector[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(vectors.length + 1);
  const sorted = vectors.map((vector) => [...vector].sort(([left], [right]) => left - right));
  sorted.forEach((pairs, i) => {
    offsets[i + 1] = offsets[i]! + pairs.length * 8;
  });
  const view = new DataView(new ArrayBuffer(offsets.at(-1)!));
  sorted.flat().forEach(([term, value], i) => {
    view.setUint32(i * 8, term, true);
    view.setFloat32(i * 8 + 4, value, true);
  });
  return { bytes: new Uint8Array(view.buffer), offsets };
}

const lengthOf = (row: Vector): number => [...row.values()].reduce((sum, value) => sum + value, 0);

/** Score of every row, by the definition. */
export function scoresOf(rows: readonly Vector[], query: Vector, bm25?: Bm25Options): number[] {
  return rows.map((row) => {
    let score = 0;
    for (const [term, weight] of query) {
      const value = row.get(term);
      if (value === undefined) continue;
      if (!bm25) score += weight * value;
      else {
        const norm = bm25.k1 * (1 - bm25.b + (bm25.b * lengthOf(row)) / bm25.averageLength);
        score += (weight * value * (bm25.k1 + 1)) / (value + norm);
      }
    }
    return score;
  });
}
