import { builtStore, floatsOf, type IndexCase, measureSearches } from './indexes.ts';
import { NEIGHBOURS, type Workload } from './workload.ts';

/** What a filter does to recall and cost: random ones, and ones that allow some regions and nothing else. */

const SHARES = [0.5, 0.1, 0.01, 0.001];
const SEED = 20_261_121;
/** Rows around which a clustered filter allows the nearest ones. */
const REGIONS = 8;
const CASES: readonly IndexCase[] = ['AUTOINDEX', 'IVF_SQ8'].map((indexType) => {
  return { name: indexType, indexType, metricType: 'COSINE' };
});

export async function measureFilters(workload: Workload): Promise<void> {
  const rows = floatsOf(workload);
  const filters = SHARES.flatMap((share) => [
    { name: `random ${share * 100} %`, ...highest(randomKeys(workload.rowCount), share) },
    { name: `clustered ${share * 100} %`, ...highest(nearness(workload), share) },
  ]);
  for (const one of CASES) {
    console.log(`\n== filters: ${one.name}, ${workload.name}, k = ${NEIGHBOURS}, default parameters`);
    console.log('filter             recall  us CPU/query  / unfiltered  method');
    const { store, remove } = await builtStore(rows, one);
    await measureSearches(store, rows, {});
    for (const { name, filter, allowedCount } of filters) {
      // The machine may speed up or slow down: each filter between two searches without.
      const before = await measureSearches(store, rows, {});
      const filtered = await measureSearches(store, rows, { filter, allowedCount });
      const after = await measureSearches(store, rows, {});
      const ratio = filtered.cpuUs / ((before.cpuUs + after.cpuUs) / 2);
      const columns = [
        name.padEnd(18),
        filtered.recall.toFixed(3).padStart(6),
        filtered.cpuUs.toFixed(0).padStart(13),
        `${ratio.toFixed(2)} x`.padStart(13),
        filtered.method.padStart(7),
      ];
      console.log(columns.join(' '));
    }
    await remove();
  }
}

/** Allows the share of the rows whose keys are highest. */
function highest(keys: Float64Array, share: number): { readonly filter: Uint8Array; readonly allowedCount: number } {
  const allowedCount = Math.round(keys.length * share);
  const order = Uint32Array.from(keys, (_, row) => row).sort((a, b) => keys[b]! - keys[a]!);
  const filter = new Uint8Array(Math.ceil(keys.length / 8));
  for (const row of order.subarray(0, allowedCount)) filter[row >> 3]! |= 1 << (row & 7);
  return { filter, allowedCount };
}

/** Seeded (mulberry32). */
function randomKeys(count: number): Float64Array {
  let state = SEED;
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  });
}

/** How similar each row is to the nearest of some rows. */
function nearness({ rows, rowCount, dimension }: Workload): Float64Array {
  const centres = Array.from({ length: REGIONS }, (_, i) => Math.floor((rowCount * (i + 0.5)) / REGIONS));
  return Float64Array.from({ length: rowCount }, (_, row) => {
    let best = Number.NEGATIVE_INFINITY;
    for (const centre of centres) {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += rows[row * dimension + i]! * rows[centre * dimension + i]!;
      if (dot > best) best = dot;
    }
    return best;
  });
}
