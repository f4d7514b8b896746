import type { BytesColumn, Column } from '../columns/column.ts';
import { bytesColumn, fixedArrayOf, fixedColumn, vectorColumn } from '../columns/column-operations.ts';
import type { DefaultValue } from '../schema/collection-schema.ts';

/**
 * A column of full length from the values that were sent for the rows with a set flag, the others filled with `filler` (or zeroes, empty bytes). The result has no validity.
 * `column` has as many values as there are set flags.
 */
export function expandCompact(column: Column, flags: Uint8Array, filler: DefaultValue | undefined): Column {
  switch (column.kind) {
    case 'fixed': {
      const values = new (fixedArrayOf(column.dataType)!)(flags.length);
      for (let row = 0, at = 0; row < flags.length; row++) {
        values[row] =
          flags[row] === 1
            ? column.values[at++]!
            : ((typeof filler === 'boolean' ? Number(filler) : (filler ?? zeroOf(values))) as never);
      }
      return fixedColumn(column.dataType, values);
    }
    case 'bytes':
      return expandBytes(column, flags, new TextEncoder().encode(String(filler ?? '')));
    case 'vector': {
      const data = new Uint8Array(flags.length * column.rowBytes);
      for (let row = 0, at = 0; row < flags.length; row++) {
        if (flags[row] !== 1) continue;
        data.set(column.data.subarray(at, at + column.rowBytes), row * column.rowBytes);
        at += column.rowBytes;
      }
      return vectorColumn(column.dataType, column.dimension, column.rowBytes, data);
    }
  }
}

function zeroOf(values: { readonly [Symbol.toStringTag]: string }): number | bigint {
  return values instanceof BigInt64Array ? 0n : 0;
}

function expandBytes(column: BytesColumn, flags: Uint8Array, filler: Uint8Array): BytesColumn {
  const offsets = new Uint32Array(flags.length + 1);
  for (let row = 0, at = 0; row < flags.length; row++) {
    const length = flags[row] === 1 ? column.offsets[at + 1]! - column.offsets[at++]! : filler.length;
    offsets[row + 1] = offsets[row]! + length;
  }
  const bytes = new Uint8Array(offsets[flags.length]!);
  for (let row = 0, at = 0; row < flags.length; row++) {
    const isSent = flags[row] === 1;
    bytes.set(isSent ? column.bytes.subarray(column.offsets[at]!, column.offsets[at + 1]!) : filler, offsets[row]!);
    if (isSent) at++;
  }
  return bytesColumn(column.dataType, offsets, bytes);
}
