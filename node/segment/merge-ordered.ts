import type { PrimaryKey } from '../../core/columns/column.ts';
import { compareKeys } from '../../core/merge/compare-keys.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { RowPlaces } from './gather-rows.ts';
import type { SegmentSnapshot } from './segment.ts';
import { TimeSlice } from './time-slice.ts';

/** Rows merged between two looks at the clock. */
const PIECE_ROWS = 1_024;

export interface OrderedRows extends RowPlaces {
  readonly keys: KeyList;
  readonly timestamps: BigUint64Array;
}

/** Merges rows of several segments, each by ascending distinct key, into one such list of at most `limit` (0: all); of rows with one key the newest stays. */
export async function mergeOrdered(
  snapshots: readonly SegmentSnapshot[],
  offsets: readonly Uint32Array[],
  limit: number,
  signal?: AbortSignal,
): Promise<OrderedRows> {
  const lists = snapshots.map((snapshot, i) => new OrderedList(snapshot, i, offsets[i]!));
  const total = offsets.reduce((sum, list) => sum + list.length, 0);
  const wanted = limit === 0 ? total : Math.min(limit, total);
  const segments = new Uint32Array(wanted);
  const rows = new Uint32Array(wanted);
  const timestamps = new BigUint64Array(wanted);
  const keys: PrimaryKey[] = [];
  const slice = new TimeSlice(signal);
  let open = lists.filter((list) => !list.isDone);
  while (keys.length < wanted && open.length > 0) {
    if (keys.length % PIECE_ROWS === 0 && slice.isOver()) await slice.next();
    const { newest, isAnyDone } = takeSmallest(open);
    segments[keys.length] = newest.segment;
    rows[keys.length] = newest.offset;
    timestamps[keys.length] = newest.timestamp;
    keys.push(newest.key);
    if (isAnyDone) open = open.filter((list) => !list.isDone);
  }
  const count = keys.length;
  return {
    keys: lists[0]?.isText ? (keys as string[]) : BigInt64Array.from(keys as bigint[]),
    timestamps: timestamps.subarray(0, count),
    segments: segments.subarray(0, count),
    offsets: rows.subarray(0, count),
  };
}

/** The newest row of the smallest key; every list moves behind that key. */
function takeSmallest(lists: readonly OrderedList[]) {
  let smallest = lists[0]!;
  let newest = smallest;
  for (let i = 1; i < lists.length; i++) {
    const order = compareKeys(lists[i]!.key, smallest.key);
    if (order < 0) smallest = newest = lists[i]!;
    else if (order === 0 && lists[i]!.timestamp > newest.timestamp) newest = lists[i]!;
  }
  const { key, segment, offset, timestamp } = newest;
  let isAnyDone = false;
  for (const list of lists) {
    if (list.key === key) isAnyDone = list.advance() || isAnyDone;
  }
  return { newest: { key, segment, offset, timestamp }, isAnyDone };
}

class OrderedList {
  readonly segment: number;
  readonly #offsets: Uint32Array;
  readonly #keys: KeyList;
  readonly #timestamps: BigUint64Array;
  #at = 0;

  constructor(snapshot: SegmentSnapshot, segment: number, offsets: Uint32Array) {
    this.segment = segment;
    this.#offsets = offsets;
    this.#keys = snapshot.keys(offsets);
    this.#timestamps = snapshot.timestamps(offsets);
  }

  get isText(): boolean {
    return !(this.#keys instanceof BigInt64Array);
  }

  get isDone(): boolean {
    return this.#at === this.#offsets.length;
  }

  get key(): PrimaryKey {
    return this.#keys[this.#at]!;
  }

  get offset(): number {
    return this.#offsets[this.#at]!;
  }

  get timestamp(): bigint {
    return this.#timestamps[this.#at]!;
  }

  /** Moves on; true when the list is used up. */
  advance(): boolean {
    this.#at++;
    return this.isDone;
  }
}
