import { testBit } from '../bitset.ts';
import type { BytesColumn } from './column.ts';
import { bytesColumn } from './column-operations.ts';

/** Elements that a filter has chosen: those of row r are bits `starts[r] .. starts[r + 1]`. */
export interface ChosenElements {
  readonly starts: Uint32Array;
  readonly met: Uint8Array;
}

/** Lists of vectors with the chosen ones only, in their order; `undefined`: none is. */
export function listsOfElements(lists: BytesColumn, chosen: ChosenElements | undefined): BytesColumn {
  const { rowCount, bytes, offsets, dataType } = lists;
  const ends = new Uint32Array(rowCount + 1);
  if (!chosen) return bytesColumn(dataType, ends, bytes.subarray(0, 0));
  const { starts, met } = chosen;
  const out = new Uint8Array(offsets[rowCount]! - offsets[0]!);
  let end = 0;
  for (let row = 0; row < rowCount; row++) {
    const count = starts[row + 1]! - starts[row]!;
    const vectorBytes = count === 0 ? 0 : (offsets[row + 1]! - offsets[row]!) / count;
    for (let i = 0; i < count; i++) {
      if (!testBit(met, starts[row]! + i)) continue;
      const from = offsets[row]! + i * vectorBytes;
      out.set(bytes.subarray(from, from + vectorBytes), end);
      end += vectorBytes;
    }
    ends[row + 1] = end;
  }
  return bytesColumn(dataType, ends, out.subarray(0, end));
}
