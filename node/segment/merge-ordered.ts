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
  const keys = emptyKeys(lists, wanted);
  const segments = new Uint32Array(wanted);
  const rows = new Uint32Array(wanted);
  const timestamps = new BigUint64Array(wanted);
  const slice = new TimeSlice(signal);
  let open = lists.filter((list) => !list.isDone);
  let count = 0;
  for (; count < wanted && open.length > 0; count++) {
    if (count % PIECE_ROWS === 0 && slice.isOver()) await slice.next();
    const newest = newestOfSmallest(open);
    const { key } = newest;
    segments[count] = newest.segment;
    rows[count] = newest.offset;
    timestamps[count] = newest.timestamp;
    keys[count] = key;
    let isAnyDone = false;
    for (const list of open) {
      if (list.key === key) isAnyDone = list.advance() || isAnyDone;
    }
    if (isAnyDone) open = open.filter((list) => !list.isDone);
  }
  return {
    keys: keys.slice(0, count) as KeyList,
    timestamps: timestamps.subarray(0, count),
    segments: segments.subarray(0, count),
    offsets: rows.subarray(0, count),
  };
}

function emptyKeys(lists: readonly OrderedList[], count: number): PrimaryKey[] | BigInt64Array {
  return lists.some((list) => list.isText) ? new Array<PrimaryKey>(count).fill('') : new BigInt64Array(count);
}

function newestOfSmallest(lists: readonly OrderedList[]): OrderedList {
  let newest = lists[0]!;
  for (let i = 1; i < lists.length; i++) {
    const list = lists[i]!;
    const order = compareKeys(list.key, newest.key);
    if (order < 0 || (order === 0 && list.timestamp > newest.timestamp)) newest = list;
  }
  return newest;
}

/** One segment's rows, read in pieces. */
class OrderedList {
  readonly segment: number;
  readonly #snapshot: SegmentSnapshot;
  readonly #offsets: Uint32Array;
  #pieceStart = 0;
  #keys: KeyList = [];
  #timestamps = new BigUint64Array(0);
  #at = 0;

  constructor(snapshot: SegmentSnapshot, segment: number, offsets: Uint32Array) {
    this.segment = segment;
    this.#snapshot = snapshot;
    this.#offsets = offsets;
    this.#readPiece();
  }

  get isText(): boolean {
    return !(this.#keys instanceof BigInt64Array);
  }

  get isDone(): boolean {
    return this.#at === this.#offsets.length;
  }

  get key(): PrimaryKey {
    return this.#keys[this.#at - this.#pieceStart]!;
  }

  get offset(): number {
    return this.#offsets[this.#at]!;
  }

  get timestamp(): bigint {
    return this.#timestamps[this.#at - this.#pieceStart]!;
  }

  /** Moves on; true when the list is used up. */
  advance(): boolean {
    this.#at++;
    if (this.#at - this.#pieceStart === PIECE_ROWS) this.#readPiece();
    return this.isDone;
  }

  #readPiece(): void {
    const piece = this.#offsets.subarray(this.#at, this.#at + PIECE_ROWS);
    this.#pieceStart = this.#at;
    this.#keys = this.#snapshot.keys(piece);
    this.#timestamps = this.#snapshot.timestamps(piece) as BigUint64Array<ArrayBuffer>;
  }
}
