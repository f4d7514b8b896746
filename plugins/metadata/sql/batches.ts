/**
 * Sizes of multi-row statements, largest first: few sizes mean few different texts of SQL, so that prepared statements are found again.
 */
const BATCH_SIZES = [100, 10, 1] as const;

/** Cuts a list into batches of the sizes above. */
export function* inBatches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  let start = 0;
  for (const size of BATCH_SIZES) {
    for (; items.length - start >= size; start += size) yield items.slice(start, start + size);
  }
}
