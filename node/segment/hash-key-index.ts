import { randomInt } from 'node:crypto';
import type { Column } from '../../core/columns/column.ts';
import { sameKey } from '../../core/columns/compare-key-rows.ts';
import { CHUNK_MASK, ChunkViews, type ColumnChunks } from './column-chunks.ts';
import { hashKeys } from './key-column.ts';
import type { KeyIndex } from './key-index.ts';

const PARTITION_BITS = 6;
const PARTITIONS = 1 << PARTITION_BITS;
const SLOTS_MIN = 16;
const LINKS_MIN = 1_024;

/**
 * The key index of a growing segment: open addressing on typed arrays, about 20 bytes a row. A slot holds the newest row of a key, older rows of that key hang on it.
 *
 * It is cut into partitions by the highest bits of the hash. They double at staggered loads, from 0.4 to 0.8, so that never many of them rehash in one turn:
 * a pause is 1/64 of what one table would cost.
 */
export class HashKeyIndex implements KeyIndex {
  readonly #keys: ColumnChunks;
  readonly #seed = randomInt(2 ** 32);
  readonly #partitions: (Partition | undefined)[] = new Array(PARTITIONS).fill(undefined);
  /** Per row: the next older row of the same key, plus 1. Made with the first double. */
  #older = new Uint32Array(0);

  /** `keys` is the segment's key column; rows are added to it first, then here. */
  constructor(keys: ColumnChunks) {
    this.#keys = keys;
  }

  get memoryBytes(): number {
    return this.#partitions.reduce(
      (sum, partition) => sum + (partition?.slots.byteLength ?? 0),
      this.#older.byteLength,
    );
  }

  /** Adds rows `from..from + added.rowCount - 1`, whose keys are `added`. Calls `onDouble` with the next older row for each key that is there already. */
  append(added: Column, from: number, onDouble: (older: number) => void): void {
    const hashes = hashKeys(added, this.#seed);
    const views = new ChunkViews(this.#keys);
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i]!;
      const partition = this.#partitionFor(hash);
      const slot = partition.slotOf(hash, (row) => sameKey(views.of(row), row & CHUNK_MASK, added, i));
      const older = partition.rowAt(slot);
      partition.put(slot, hash, from + i);
      if (older < 0) continue;
      this.#link(from + i, older);
      onDouble(older);
    }
  }

  find(keys: Column, onRow: (place: number, offset: number) => void): void {
    const hashes = hashKeys(keys, this.#seed);
    const views = new ChunkViews(this.#keys);
    for (let i = 0; i < hashes.length; i++) {
      const partition = this.#partitions[hashes[i]! >>> (32 - PARTITION_BITS)];
      if (!partition) continue;
      const slot = partition.slotOf(hashes[i]!, (row) => sameKey(views.of(row), row & CHUNK_MASK, keys, i));
      for (let row = partition.rowAt(slot); row >= 0; row = (this.#older[row] ?? 0) - 1) onRow(i, row);
    }
  }

  #partitionFor(hash: number): Partition {
    const index = hash >>> (32 - PARTITION_BITS);
    const partition = this.#partitions[index] ?? new Partition(0.4 + (0.4 * index) / PARTITIONS);
    this.#partitions[index] = partition;
    partition.makeRoom();
    return partition;
  }

  #link(row: number, older: number): void {
    if (row >= this.#older.length) {
      const grown = new Uint32Array(Math.max(LINKS_MIN, row * 2));
      grown.set(this.#older);
      this.#older = grown;
    }
    this.#older[row] = older + 1;
  }
}

class Partition {
  readonly #loadMax: number;
  /** Two words a slot: the hash, and the row plus 1 (0: free). */
  slots = new Uint32Array(SLOTS_MIN * 2);
  #used = 0;

  constructor(loadMax: number) {
    this.#loadMax = loadMax;
  }

  makeRoom(): void {
    const capacity = this.slots.length / 2;
    if (this.#used + 1 <= capacity * this.#loadMax) return;
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      const slot = this.slotOf(old[i]!, () => false);
      this.slots[slot] = old[i]!;
      this.slots[slot + 1] = old[i + 1]!;
    }
  }

  /** Index of the slot that holds the key, or of the free one where it would go. */
  slotOf(hash: number, isKey: (row: number) => boolean): number {
    const { slots } = this;
    const mask = slots.length - 2;
    // The lowest bit of the index is the word within the slot; the partition used up the highest bits of the hash.
    let slot = (hash << 1) & mask;
    while (slots[slot + 1] !== 0 && !(slots[slot] === hash && isKey(slots[slot + 1]! - 1))) slot = (slot + 2) & mask;
    return slot;
  }

  /** -1 for a free slot. */
  rowAt(slot: number): number {
    return this.slots[slot + 1]! - 1;
  }

  put(slot: number, hash: number, row: number): void {
    if (this.slots[slot + 1] === 0) this.#used++;
    this.slots[slot] = hash;
    this.slots[slot + 1] = row + 1;
  }
}
