/**
 * One key per mathematical number, whether it was written as an integer or with a point, for sets and maps: a double, or a bigint for integers that
 * doubles do not hold one by one.
 */
export function numberKey(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
