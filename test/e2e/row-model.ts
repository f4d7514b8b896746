/** A row that proves itself: everything in it follows from its key and its version. */
export interface ProvenRow {
  readonly key: number;
  readonly version: number;
  readonly proof: string;
  readonly vector: number[];
}

const DIM = 4;
/** The state of a key that has no row. */
const ABSENT = 0;

export function provenRow(key: number, version: number): ProvenRow {
  const random = randomOf(key * 2_654_435_761 + version * 40_503);
  const vector = Array.from({ length: DIM }, () => Math.fround(random() * 20 - 10));
  return { key, version, proof: `${key}/${version}/${vector.join('/')}`, vector };
}

/** One request whose outcome nobody heard: all of it happened, or nothing of it. */
interface OpenRequest {
  readonly keys: readonly number[];
  readonly states: ReadonlyMap<number, number>;
}

/**
 * What a store may contain: for every key the version it was acknowledged to have, and besides it those of requests in flight when the store was killed.
 * A key belongs to one caller at a time, so its requests have an order.
 */
export class RowModel {
  readonly #possible = new Map<number, Set<number>>();
  #open: OpenRequest[] = [];
  acknowledgedRows = 0;
  indeterminateRequests = 0;

  /** Whether it is certain that the key has no row: only then may it be inserted. */
  isAbsent(key: number): boolean {
    const states = this.#possible.get(key);
    return states === undefined || (states.size === 1 && states.has(ABSENT));
  }

  acknowledge(states: ReadonlyMap<number, number>): void {
    for (const [key, version] of states) this.#possible.set(key, new Set([version]));
    this.acknowledgedRows += states.size;
  }

  leaveOpen(states: ReadonlyMap<number, number>): void {
    for (const [key, version] of states) this.#statesOf(key).add(version);
    this.#open.push({ keys: [...states.keys()], states });
    this.indeterminateRequests++;
  }

  /** Compares all rows of the store with the model; returns what is wrong. What was seen of open requests is certain from then on. */
  check(rows: readonly ProvenRow[]): string[] {
    const faults: string[] = [];
    const found = new Map<number, number>();
    for (const row of rows) {
      if (found.has(row.key))
        faults.push(`key ${row.key} is there twice: versions ${found.get(row.key)}, ${row.version}`);
      found.set(row.key, row.version);
      const right = provenRow(row.key, row.version);
      if (JSON.stringify(row) !== JSON.stringify(right))
        faults.push(`${JSON.stringify(row)} should be ${JSON.stringify(right)}`);
      if (!this.#possible.has(row.key)) faults.push(`key ${row.key} was never written`);
    }
    for (const [key, states] of this.#possible) {
      const seen = found.get(key) ?? ABSENT;
      if (!states.has(seen)) faults.push(`key ${key} has version ${seen}, possible are ${[...states]} (0: no row)`);
    }
    for (const { keys, states } of this.#open) {
      const done = keys.filter((key) => (found.get(key) ?? ABSENT) === states.get(key));
      const certain = keys.filter((key) => this.#statesOf(key).size > 1);
      const doneOfThese = done.filter((key) => certain.includes(key));
      if (doneOfThese.length > 0 && doneOfThese.length < certain.length) {
        faults.push(`a request over ${certain.length} keys was done for ${doneOfThese.length} of them: ${keys}`);
      }
    }
    this.#open = [];
    for (const key of this.#possible.keys()) this.#possible.set(key, new Set([found.get(key) ?? ABSENT]));
    return faults;
  }

  /** Rows that must be there, and their versions. */
  certainRows(): [key: number, version: number][] {
    return [...this.#possible].flatMap(([key, states]): [number, number][] => {
      const [version] = states;
      return states.size === 1 && version !== ABSENT ? [[key, version!]] : [];
    });
  }

  #statesOf(key: number): Set<number> {
    const states = this.#possible.get(key) ?? new Set([ABSENT]);
    this.#possible.set(key, states);
    return states;
  }
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
