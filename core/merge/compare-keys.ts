import type { PrimaryKey } from '../columns/column.ts';

/**
 * The order of primary keys, the same everywhere: Int64 by value, VarChar by code point, which is the order of the UTF-8 bytes (as Milvus compares them).
 * `<` on texts would order by UTF-16 code unit: it differs when a surrogate pair meets a character from U+E000 up.
 */
export function compareKeys(left: PrimaryKey, right: PrimaryKey): number {
  if (left === right) return 0;
  if (typeof left === 'string' && typeof right === 'string' && hasSurrogate.test(left + right)) {
    return compareCodePoints(left, right);
  }
  return left < right ? -1 : 1;
}

const hasSurrogate = /[\ud800-\udfff]/;

function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all other code units. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
