import type { HitList, KeyList } from './merge-hits.ts';

/**
 * Which hits of one query are the newest row of their primary key. Reused from query to query: it holds no more than one query's hits.
 */
export interface NewestRows {
  /** Takes hits `starts[i]..ends[i] - 1` of every list i. Returns how many different keys they have. */
  read(starts: Uint32Array, ends: Uint32Array): number;
  /** True if no hit with the same key is newer (of equally new ones: if it came first). */
  has(list: number, row: number): boolean;
}

export function newestRows(lists: readonly HitList[]): NewestRows {
  return lists.every((list) => list.keys instanceof BigInt64Array)
    ? new NewestByNumber(lists)
    : new NewestByText(lists);
}

class NewestByText implements NewestRows {
  readonly #lists: readonly HitList[];
  readonly #newest = new Map<string, { readonly list: number; readonly row: number }>();

  constructor(lists: readonly HitList[]) {
    this.#lists = lists;
  }

  read(starts: Uint32Array, ends: Uint32Array): number {
    this.#newest.clear();
    for (let list = 0; list < this.#lists.length; list++) {
      const { keys, timestamps } = this.#lists[list]!;
      for (let row = starts[list]!; row < ends[list]!; row++) {
        const key = keys[row] as string;
        const before = this.#newest.get(key);
        if (before && timestamps[row]! <= this.#lists[before.list]!.timestamps[before.row]!) continue;
        this.#newest.set(key, { list, row });
      }
    }
    return this.#newest.size;
  }

  has(list: number, row: number): boolean {
    const newest = this.#newest.get(this.#lists[list]!.keys[row] as string);
    return newest?.list === list && newest.row === row;
  }
}

/** Open addressing over the halves of the keys: no BigInt is made per hit. */
class NewestByNumber implements NewestRows {
  readonly #timestamps: readonly BigUint64Array[];
  readonly #halves: readonly Int32Array[];
  /** Two words a slot: the list plus 1 (0: free), and the row. */
  #slots = new Int32Array(0);

  constructor(lists: readonly HitList[]) {
    this.#timestamps = lists.map((list) => list.timestamps);
    this.#halves = lists.map((list) => halvesOf(list.keys));
  }

  read(starts: Uint32Array, ends: Uint32Array): number {
    let total = 0;
    for (let list = 0; list < starts.length; list++) total += ends[list]! - starts[list]!;
    this.#clear(total);
    let distinct = 0;
    for (let list = 0; list < starts.length; list++) {
      for (let row = starts[list]!; row < ends[list]!; row++) {
        const slot = this.#slotOf(list, row);
        const other = this.#slots[slot]! - 1;
        if (other < 0) distinct++;
        else if (this.#timestamps[list]![row]! <= this.#timestamps[other]![this.#slots[slot + 1]!]!) continue;
        this.#slots[slot] = list + 1;
        this.#slots[slot + 1] = row;
      }
    }
    return distinct;
  }

  has(list: number, row: number): boolean {
    const slot = this.#slotOf(list, row);
    return this.#slots[slot] === list + 1 && this.#slots[slot + 1] === row;
  }

  /** At most half full. */
  #clear(total: number): void {
    const words = 4 << (32 - Math.clz32(total));
    if (this.#slots.length === words) this.#slots.fill(0);
    else this.#slots = new Int32Array(words);
  }

  #slotOf(list: number, row: number): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    const low = this.#halves[list]![row * 2]!;
    const high = this.#halves[list]![row * 2 + 1]!;
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = ((hash ^ (hash >>> 13)) << 1) & mask;
    for (; slots[slot] !== 0; slot = (slot + 2) & mask) {
      const halves = this.#halves[slots[slot]! - 1]!;
      const other = slots[slot + 1]!;
      if (halves[other * 2] === low && halves[other * 2 + 1] === high) break;
    }
    return slot;
  }
}

function halvesOf(keys: KeyList): Int32Array {
  const { buffer, byteOffset, length } = keys as BigInt64Array;
  return new Int32Array(buffer, byteOffset, length * 2);
}
