import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { LogPosition } from '../../plugins/log/log.ts';
import type { DeleteBatch } from '../segment/segment.ts';

/** The deletes of one write. */
export interface BufferedDelete {
  readonly timestamp: Timestamp;
  readonly position: LogPosition;
  readonly keys: KeyList;
  /** Empty: in all partitions. */
  readonly partitionIds: readonly number[];
}

/**
 * The newest deletes of one collection, in the order of their timestamps: all that are in no delete file yet (*unfiled*), and older ones for as long as readers
 * may ask for them.
 */
export class DeleteBuffer {
  #entries: BufferedDelete[] = [];
  /** Keys pushed before each entry, all since the beginning; one more for the end. */
  #keysBefore: number[] = [0];
  #droppedTo: Timestamp;
  #filedTo: Timestamp;
  #waiters: (() => void)[] = [];

  /** `droppedTo`: what is not in the buffer and not in a file, but was needed by nobody when the buffer was made. */
  constructor(droppedTo: Timestamp, filedTo: Timestamp) {
    this.#droppedTo = droppedTo;
    this.#filedTo = filedTo;
  }

  /** Deletes after this timestamp are all here. */
  get droppedTo(): Timestamp {
    return this.#droppedTo;
  }

  /** Deletes up to here are in delete files, or in the mask of every segment that has them. */
  get filedTo(): Timestamp {
    return this.#filedTo;
  }

  get keyCount(): number {
    return this.#keysBefore.at(-1)! - this.#keysBefore[0]!;
  }

  /** Keys of the deletes after `timestamp` that are here. */
  keyCountAfter(timestamp: Timestamp): number {
    return this.#keysBefore.at(-1)! - this.#keysBefore[this.#indexAfter(timestamp)]!;
  }

  push(entry: BufferedDelete): void {
    this.#entries.push(entry);
    this.#keysBefore.push(this.#keysBefore.at(-1)! + deleteCount(entry));
    for (const wake of this.#waiters.splice(0)) wake();
  }

  /** Deletes with `after < timestamp <= upTo`. */
  between(after: Timestamp, upTo: Timestamp): readonly BufferedDelete[] {
    return this.#entries.slice(this.#indexAfter(after), this.#indexAfter(upTo));
  }

  after(timestamp: Timestamp): readonly BufferedDelete[] {
    return this.#entries.slice(this.#indexAfter(timestamp));
  }

  /** The oldest delete after both `filedTo` and `after`: from its record on the log is needed. */
  oldestUnfiled(after: Timestamp): BufferedDelete | undefined {
    return this.#entries[this.#indexAfter(after > this.#filedTo ? after : this.#filedTo)];
  }

  /** Everything up to `timestamp` is in a delete file or needed by no segment. */
  markFiled(timestamp: Timestamp): void {
    if (timestamp > this.#filedTo) this.#filedTo = timestamp;
  }

  /** Forgets filed deletes up to `timestamp`; of those after it the oldest, until at most `keysMax` keys are left. */
  trim(timestamp: Timestamp, keysMax: number): void {
    const filed = this.#indexAfter(this.#filedTo);
    let count = Math.min(filed, this.#indexAfter(timestamp));
    const end = this.#keysBefore.at(-1)!;
    while (count < filed && end - this.#keysBefore[count]! > keysMax) count++;
    if (count === 0) return;
    this.#droppedTo = this.#entries[count - 1]!.timestamp;
    this.#entries = this.#entries.slice(count);
    this.#keysBefore = this.#keysBefore.slice(count);
  }

  /** Calls `wake` once at the next delete; the returned function forgets it. */
  onNext(wake: () => void): () => void {
    this.#waiters.push(wake);
    return () => {
      this.#waiters = this.#waiters.filter((waiter) => waiter !== wake);
    };
  }

  /** Index of the first entry younger than `timestamp`. */
  #indexAfter(timestamp: Timestamp): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.timestamp <= timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Entries in a batch: one per key and partition. */
export function deleteCount(entry: Pick<BufferedDelete, 'keys' | 'partitionIds'>): number {
  return entry.keys.length * Math.max(1, entry.partitionIds.length);
}

/** Deletes as segments and files take them. `entries` may be empty; then the keys are Int64. */
export function toDeleteBatch(entries: readonly BufferedDelete[]): DeleteBatch {
  const count = entries.reduce((sum, entry) => sum + deleteCount(entry), 0);
  const timestamps = new BigUint64Array(count);
  const partitionIds = new BigInt64Array(count);
  const isText = entries.length > 0 && !(entries[0]!.keys instanceof BigInt64Array);
  const texts: string[] = [];
  const integers = new BigInt64Array(isText ? 0 : count);
  let at = 0;
  for (const entry of entries) {
    for (const partitionId of entry.partitionIds.length > 0 ? entry.partitionIds : [0]) {
      timestamps.fill(entry.timestamp, at, at + entry.keys.length);
      partitionIds.fill(BigInt(partitionId), at, at + entry.keys.length);
      if (isText) for (const key of entry.keys as readonly string[]) texts.push(key);
      else integers.set(entry.keys as BigInt64Array, at);
      at += entry.keys.length;
    }
  }
  return { keys: isText ? texts : integers, timestamps, partitionIds };
}
