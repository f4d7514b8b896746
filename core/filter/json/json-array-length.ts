import { CODE, nextItem, skipSpace, skipValue } from './json-scan.ts';

/** Number of elements of the JSON array at `bytes[start..end)`. */
export function jsonArrayLength(bytes: Uint8Array, start: number, end: number): number {
  let position = skipSpace(bytes, start + 1, end);
  if (position < end && bytes[position] === CODE.closeBracket) return 0;
  let count = 0;
  while (position !== -1) {
    count++;
    const after = skipValue(bytes, position, end);
    if (after === -1) return count;
    position = nextItem(bytes, after, end);
  }
  return count;
}
