import { expect } from 'vitest';
import { randomOf } from '../../e2e/row-model.ts';

/** Texts to be searched, and what BM25 must make of them. */

export const K1 = 1.5;
export const B = 0.6;

const WORDS = 'apple banana cherry date elderberry fig grape lemon mango nectarine orange papaya quince'.split(' ');

/** Texts of different lengths in which some words are rare and some are not. */
export function textOf(i: number): string {
  const random = randomOf(i + 7);
  const length = 1 + Math.floor(random() * 12);
  return Array.from({ length }, () => WORDS[Math.floor(random() ** 2 * WORDS.length)]!).join(i % 2 === 0 ? ' ' : ', ');
}

export const texts = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => textOf(from + i));

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** Score of every row, by the definition (Robertson & Zaragoza 2009). */
export function bm25(rows: readonly string[], query: string, k1 = K1, b = B): Map<number, number> {
  const words = rows.map(wordsOf);
  const averageLength = words.reduce((sum, row) => sum + row.length, 0) / rows.length;
  const scores = new Map<number, number>();
  for (const word of wordsOf(query)) {
    const holders = words.filter((row) => row.includes(word)).length;
    const weight = Math.log(1 + (rows.length - holders + 0.5) / (holders + 0.5));
    words.forEach((row, i) => {
      const count = row.filter((other) => other === word).length;
      if (count === 0) return;
      const norm = k1 * (1 - b + (b * row.length) / averageLength);
      scores.set(i, (scores.get(i) ?? 0) + (weight * count * (k1 + 1)) / (count + norm));
    });
  }
  return scores;
}

export type Hit = { readonly id: string; readonly score: number };

/** The hits are the best rows, with their scores; equal scores may come in any order. */
export function expectBest(hits: readonly Hit[], scores: ReadonlyMap<number, number>, limit: number): void {
  const best = [...scores.values()].sort((left, right) => right - left).slice(0, limit);
  expect(hits).toHaveLength(best.length);
  hits.forEach(({ id, score }, i) => {
    expect(score).toBeCloseTo(scores.get(Number(id))!, 4);
    expect(score).toBeCloseTo(best[i]!, 4);
  });
}
