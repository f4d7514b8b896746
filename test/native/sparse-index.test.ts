import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSparseIndex, type SparseIndex } from '../../native/sparse-index.ts';
import { randomNumbers } from './sample-data.ts';
import { encode, scoresOf, type Vector } from './sparse-vectors.ts';
import { hitsPerQuery } from './store-of.ts';

function indexOf(...batches: readonly (readonly Vector[])[]): SparseIndex {
  const index = createSparseIndex();
  for (const batch of batches) {
    const { bytes, offsets } = encode(batch);
    index.append(bytes, offsets);
  }
  return index;
}

/** Rows of 4 to 15 terms of 5,000; term t is about t times as rare as the first. */
function zipfRows(count: number): Vector[] {
  const random = randomNumbers(1);
  return Array.from({ length: count }, () => {
    const pairs = Array.from({ length: 4 + random() * 12 }, () => {
      return [Math.floor(5000 ** random()), 1 + Math.floor(random() ** 4 * 6)] as const;
    });
    return new Map(pairs);
  });
}

/** A frequent term and some rarer ones, which weigh more. */
function zipfQueries(count: number): Vector[] {
  const random = randomNumbers(2);
  return Array.from({ length: count }, (_, i) => {
    const terms = Array.from({ length: 2 + (i % 5) }, (_, place) => Math.floor(3 * 6 ** place * (1 + random())));
    return new Map(terms.map((term) => [term, Math.ceil(Math.log2(term + 1))]));
  });
}

const values = fc.integer({ min: 1, max: 9 });
const vectors = fc
  .array(fc.tuple(fc.oneof(fc.nat(20), fc.integer({ min: 2 ** 32 - 5, max: 2 ** 32 - 1 })), values), { maxLength: 12 })
  .map((pairs) => new Map(pairs));

describe('sparse index', () => {
  test.each([undefined, { averageLength: 7.5, k1: 1.2, b: 0.75 }])(
    'finds what the definition finds: %o',
    async (bm25) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.array(vectors, { minLength: 1, maxLength: 30 }), fc.constantFrom('', 'index', 'all')), {
            minLength: 1,
            maxLength: 5,
          }),
          fc.array(vectors, { minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 20 }),
          fc.infiniteStream(fc.boolean()),
          async (batches, queries, k, allowed) => {
            const index = createSparseIndex();
            for (const [batch, action] of batches) {
              const { bytes, offsets } = encode(batch);
              index.append(bytes, offsets);
              if (action !== '') await index.index(action === 'all');
            }
            const rows = batches.flatMap(([batch]) => batch);
            const visibleRows = Math.max(1, rows.length - 2);
            const filter = new Uint8Array(Math.ceil(rows.length / 8));
            const isAllowed = rows.map((_, row) => row < visibleRows && allowed.next().value === true);
            isAllowed.forEach((is, row) => {
              if (is) filter[row >> 3]! |= 1 << (row & 7);
            });
            const options = { k, filter, visibleRows, dropRatio: 0, ...(bm25 && { bm25 }) };
            const found = hitsPerQuery(await index.search(encode(queries), options));
            queries.forEach((query, i) => {
              const scores = scoresOf(rows, query, bm25);
              const best = scores
                .filter((score, row) => score > 0 && isAllowed[row])
                .sort((left, right) => right - left)
                .slice(0, k);
              expect(found[i]!.map(({ row }) => isAllowed[row])).toEqual(best.map(() => true));
              found[i]!.forEach(({ row, distance }, place) => {
                expect(-distance).toBeCloseTo(scores[row]!, 3);
                expect(-distance).toBeCloseTo(best[place]!, 3);
              });
            });
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test.each([undefined, { averageLength: 12, k1: 1.2, b: 0.75 }])(
    'many rows are found as the definition finds them, though most postings of frequent terms are not read: %o',
    async (bm25) => {
      const rows = zipfRows(30_000);
      const index = indexOf(rows.slice(0, 17_000), rows.slice(17_000, 29_000));
      await index.index(true);
      const { bytes, offsets } = encode(rows.slice(29_000));
      index.append(bytes, offsets);
      const filter = Uint8Array.from({ length: Math.ceil(rows.length / 8) }, (_, i) => (i * 37) % 251);
      for (const query of zipfQueries(40)) {
        const scores = scoresOf(rows, query, bm25);
        const isFiltered = query.size % 2 === 0;
        const best = [...scores.keys()]
          .filter((row) => scores[row]! > 0 && (!isFiltered || ((filter[row >> 3]! >> (row & 7)) & 1) === 1))
          .sort((left, right) => scores[right]! - scores[left]! || left - right)
          .slice(0, 10);
        const options = { k: 10, visibleRows: rows.length, dropRatio: 0, ...(bm25 && { bm25 }) };
        const answer = await index.search(encode([query]), isFiltered ? { ...options, filter } : options);
        const [hits] = hitsPerQuery(answer);
        // Inner products of small integers are exact: equal ones come in the order of the rows.
        if (!bm25) expect(hits!.map(({ row }) => row)).toEqual(best);
        expect(hits).toHaveLength(best.length);
        hits!.forEach(({ row, distance }, place) => {
          expect(-distance).toBeCloseTo(scores[row]!, 3);
          expect(-distance).toBeCloseTo(scores[best[place]!]!, 3);
        });
        const postings = rows.reduce((sum, row) => sum + [...query.keys()].filter((term) => row.has(term)).length, 0);
        if (!isFiltered) expect(answer.visited).toBeLessThan(postings * 0.8);
      }
    },
  );

  test('rows go into postings in runs, and all together when asked', async () => {
    const row = new Map([
      [1, 1],
      [7, 2],
    ]);
    const index = indexOf(new Array<Vector>(40_000).fill(row));
    expect([index.rowCount, index.indexedCount]).toEqual([40_000, 0]);
    await index.index(false);
    expect(index.indexedCount).toBe(32_768);
    await index.index(true);
    expect(index.indexedCount).toBe(40_000);
    const { total, rowCounts } = await index.statistics(Uint32Array.of(7, 8, 1));
    expect(total).toBe(120_000);
    expect([...rowCounts]).toEqual([40_000, 0, 40_000]);
  });

  test('counts terms of rows that are in no postings yet', async () => {
    const index = indexOf([new Map([[5, 2]]), new Map([[6, 3]])]);
    const { total, rowCounts } = await index.statistics(Uint32Array.of(5, 6, 7));
    expect([total, ...rowCounts]).toEqual([5, 1, 1, 0]);
  });

  test('the smallest query values are left out', async () => {
    const index = indexOf([new Map([[1, 1]]), new Map([[2, 1]]), new Map([[3, 1]])]);
    const query = encode([
      new Map([
        [1, 0.5],
        [2, 0.1],
        [3, 0.9],
      ]),
    ]);
    const [hits] = hitsPerQuery(await index.search(query, { k: 3, visibleRows: 3, dropRatio: 0.4 }));
    expect(hits!.map(({ row }) => row)).toEqual([2, 0]);
  });

  test('bad arguments are refused before they reach C++', async () => {
    const index = indexOf([new Map([[1, 1]])]);
    expect(() => index.append(new Uint8Array(7), Uint32Array.of(0, 7))).toThrow('rows must be runs of 8 bytes');
    expect(() => index.append(new Uint8Array(8), Uint32Array.of(0, 16))).toThrow('end at 16 of 8 bytes');
    const query = encode([new Map([[1, 1]])]);
    await expect(index.search(query, { k: 0, visibleRows: 1, dropRatio: 0 })).rejects.toThrow('k must be from 1');
    await expect(index.search(query, { k: 1, visibleRows: 2, dropRatio: 0 })).rejects.toThrow('visibleRows');
    await expect(index.search(query, { k: 1, visibleRows: 1, dropRatio: 1 })).rejects.toThrow('dropRatio');
    index.close();
    expect(() => index.rowCount).toThrow('closed');
  });
});
