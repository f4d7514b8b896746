import { KeyOrder } from './key-order.ts';
import { offsetsOf, type RowSet } from './row-bits.ts';
import { keyColumnOf, type SegmentContents } from './segment-contents.ts';
import { TimeSlice } from './time-slice.ts';

/** Rows looked at between two looks at the clock. */
const PIECE_ROWS = 4_096;
/** Looking at a row of the permutation costs about this part of sorting one. */
const SORT_COST = 16;

/**
 * Selected rows by ascending primary key, of equal keys the newest only, at most `limit` (0: all). Walks the permutation where there is one and enough rows are
 * selected; else sorts, and with a limit keeps only the smallest on the way.
 */
export async function orderRows(
  contents: SegmentContents,
  rowCount: number,
  selected: RowSet,
  limit: number,
): Promise<Uint32Array> {
  if (selected.count === 0) return new Uint32Array(0);
  const order = new KeyOrder(keyColumnOf(contents), contents.timestamps);
  const wanted = limit === 0 ? selected.count : Math.min(limit, selected.count);
  const slice = new TimeSlice();
  const { permutation } = contents;
  if (permutation && (wanted / selected.count) * rowCount < selected.count * SORT_COST) {
    return walk(permutation, order, selected, wanted, slice);
  }
  const isPartial = wanted < selected.count / 2 && !contents.hasDuplicateKeys;
  const offsets = offsetsOf(selected, rowCount);
  const sorted = await order.sort(isPartial ? await smallest(offsets, order, wanted, slice) : offsets, slice);
  return (contents.hasDuplicateKeys ? distinct(sorted, order) : sorted).subarray(0, wanted);
}

async function walk(
  permutation: Uint32Array,
  order: KeyOrder,
  selected: RowSet,
  wanted: number,
  slice: TimeSlice,
): Promise<Uint32Array> {
  const { bits } = selected;
  const found = new Uint32Array(wanted);
  let count = 0;
  for (let i = 0; i < permutation.length && count < wanted; i++) {
    if (i % PIECE_ROWS === 0 && slice.isOver()) await slice.next();
    const offset = permutation[i]!;
    if (bits && (bits[offset >>> 3]! & (1 << (offset & 7))) === 0) continue;
    // Of equal keys the newest comes first.
    if (count > 0 && order.sameKey(found[count - 1]!, offset)) continue;
    found[count++] = offset;
  }
  return found.subarray(0, count);
}

/** The `wanted` smallest, in no order: a heap whose root is the largest of them. */
async function smallest(offsets: Uint32Array, order: KeyOrder, wanted: number, slice: TimeSlice): Promise<Uint32Array> {
  const heap = offsets.slice(0, wanted);
  for (let i = (wanted >>> 1) - 1; i >= 0; i--) sink(heap, i, order);
  for (let i = wanted; i < offsets.length; i++) {
    if (i % PIECE_ROWS === 0 && slice.isOver()) await slice.next();
    if (order.compare(offsets[i]!, heap[0]!) >= 0) continue;
    heap[0] = offsets[i]!;
    sink(heap, 0, order);
  }
  return heap;
}

function sink(heap: Uint32Array, from: number, order: KeyOrder): void {
  const value = heap[from]!;
  let at = from;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && order.compare(heap[child + 1]!, heap[child]!) > 0) child++;
    if (order.compare(heap[child]!, value) <= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}

function distinct(sorted: Uint32Array, order: KeyOrder): Uint32Array {
  return sorted.filter((offset, i) => i === 0 || !order.sameKey(sorted[i - 1]!, offset));
}
