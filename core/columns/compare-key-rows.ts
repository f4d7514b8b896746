import type { BytesColumn, Column, FixedColumn } from './column.ts';

/** Primary keys in columns of the same type: Int64 by value, VarChar by its UTF-8 bytes. The same order as core/merge/compare-keys.ts. */

export function sameKey(left: Column, leftRow: number, right: Column, rightRow: number): boolean {
  if (left.kind === 'fixed') {
    return (left.values as BigInt64Array)[leftRow]! === ((right as FixedColumn).values as BigInt64Array)[rightRow]!;
  }
  return compareBytes(left as BytesColumn, leftRow, right as BytesColumn, rightRow) === 0;
}

export function compareKeyRows(left: Column, leftRow: number, right: Column, rightRow: number): number {
  if (left.kind !== 'fixed') return compareBytes(left as BytesColumn, leftRow, right as BytesColumn, rightRow);
  const leftKey = (left.values as BigInt64Array)[leftRow]!;
  const rightKey = ((right as FixedColumn).values as BigInt64Array)[rightRow]!;
  return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
}

function compareBytes(left: BytesColumn, leftRow: number, right: BytesColumn, rightRow: number): number {
  const leftStart = left.offsets[leftRow]!;
  const rightStart = right.offsets[rightRow]!;
  const leftLength = left.offsets[leftRow + 1]! - leftStart;
  const rightLength = right.offsets[rightRow + 1]! - rightStart;
  const length = Math.min(leftLength, rightLength);
  for (let i = 0; i < length; i++) {
    const difference = left.bytes[leftStart + i]! - right.bytes[rightStart + i]!;
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
