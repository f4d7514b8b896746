import { loadAddon } from './addon.ts';

/** Rows by ascending value, of equal values by number; and where in `order` each different value begins, the number of rows at the end. */
export interface RowOrder {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

/** Sorted on a thread of the pool (about 0.1 s for a million). The values must not change meanwhile. Doubles without NaN. */
export function orderNumbers(values: BigInt64Array | Float64Array): Promise<RowOrder> {
  return loadAddon().orderRows(values instanceof BigInt64Array ? 0 : 1, values.length, values, undefined);
}

/** The same of byte strings, compared by their bytes: text i is `bytes[offsets[i] .. offsets[i + 1]]`. */
export function orderTexts(bytes: Uint8Array, offsets: Uint32Array): Promise<RowOrder> {
  const rowCount = offsets.length - 1;
  if (rowCount < 0) throw new Error('offsets have at least one entry');
  for (let row = 0; row < rowCount; row++) {
    if (offsets[row]! > offsets[row + 1]!) throw new Error(`offset ${row + 1} is below the one before it`);
  }
  if (offsets[rowCount]! > bytes.length)
    throw new Error(`offsets end at ${offsets[rowCount]} of ${bytes.length} bytes`);
  return loadAddon().orderRows(2, rowCount, bytes, offsets);
}
