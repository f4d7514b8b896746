import { expect, test } from 'vitest';
import { scanLists } from '../../native/list-scan.ts';
import { costSideBySide, type SearchCost, sumOfCosts } from '../../native/search-cost.ts';
import { createSparseIndex } from '../../native/sparse-index.ts';
import { sampleRows } from './sample-data.ts';
import { encode } from './sparse-vectors.ts';
import { storeOf } from './store-of.ts';

/** More than any pool has threads. */
const SEARCHES = 200;

/** Asks all at once, and tells how long it all took beside what every search says of itself. */
async function costsOf(search: () => Promise<SearchCost>): Promise<{ costs: readonly SearchCost[]; tookMs: number }> {
  const startedMs = performance.now();
  const costs = await Promise.all(Array.from({ length: SEARCHES }, search));
  return { costs, tookMs: performance.now() - startedMs };
}

function expectWaits({ costs, tookMs }: Awaited<ReturnType<typeof costsOf>>): void {
  for (const { queueMs, runMs } of costs) {
    expect(queueMs).toBeGreaterThanOrEqual(0);
    expect(runMs).toBeGreaterThan(0);
    expect(queueMs + runMs).toBeLessThan(tookMs + 1);
  }
  const shortestRunMs = Math.min(...costs.map(({ runMs }) => runMs));
  expect(Math.max(...costs.map(({ queueMs }) => queueMs))).toBeGreaterThan(shortestRunMs);
}

test('a search says how long it waited for a thread and how long it ran: many at once wait for each other', async () => {
  const rows = sampleRows('f32', 5_000, 32);
  const store = await storeOf(rows, 'l2');
  try {
    const query = rows.bytes.subarray(0, 32 * 4);
    expectWaits(await costsOf(() => store.search(query, 1, { k: 10, expansion: 64 })));
  } finally {
    store.close();
  }
});

test('so do searches of sparse vectors and of lists', async () => {
  const index = createSparseIndex();
  const vectors = Array.from({ length: 3_000 }, (_, row) => new Map([[row % 7, 1 + (row % 3)]]));
  const { bytes, offsets } = encode(vectors);
  index.append(bytes, offsets);
  const query = encode([new Map([[3, 1]])]);
  expectWaits(await costsOf(() => index.search(query, { k: 10, visibleRows: 3_000, dropRatio: 0 })));
  index.close();

  const rows = sampleRows('f32', 3_000, 8);
  const chunk = { bytes: rows.bytes, offsets: Uint32Array.from({ length: 3_001 }, (_, row) => row * 8 * 4) };
  const list = { bytes: rows.bytes, offsets: Uint32Array.of(0, 8 * 4) };
  const options = { dimensions: 8, scalar: 'f32', metric: 'l2', k: 10, visibleRows: 3_000 } as const;
  expectWaits(await costsOf(() => scanLists([chunk], list, options)));
});

test('parts one after the other add up, parts side by side wait and run as long as the longest', () => {
  const parts = [
    { visited: 3, queueMs: 1, runMs: 5 },
    { visited: 4, queueMs: 2, runMs: 1 },
  ];
  expect(sumOfCosts(parts)).toEqual({ visited: 7, queueMs: 3, runMs: 6 });
  expect(costSideBySide(parts)).toEqual({ visited: 7, queueMs: 2, runMs: 5 });
});
