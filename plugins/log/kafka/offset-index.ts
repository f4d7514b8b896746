import { LOG_LIMITS } from '../limits.ts';
import { compareLogPositions, type LogPosition } from '../log.ts';

export interface IndexEntry {
  readonly position: LogPosition;
  /** What follows the record in the partition. */
  readonly endOffset: number;
  /** Of all records that were added, up to this one. */
  readonly bytes: number;
}

/** Where some records of the log end in the partition: one in every few megabytes, and the newest. */
export class OffsetIndex {
  readonly #entries: IndexEntry[] = [];
  #newest: IndexEntry | undefined;

  /** Records come in order; one that is known, or older, is left out. */
  add(position: LogPosition, endOffset: number, storedBytes: number): void {
    if (this.#newest !== undefined && endOffset <= this.#newest.endOffset) return;
    const entry = { position, endOffset, bytes: this.bytes + storedBytes };
    const keptBytes = this.#entries.at(-1)?.bytes ?? 0;
    if (entry.bytes - keptBytes >= LOG_LIMITS.kafka.indexBytes) this.#entries.push(entry);
    this.#newest = entry;
  }

  get bytes(): number {
    return this.#newest?.bytes ?? 0;
  }

  /** The last one that is known at or before the position. */
  find(position: LogPosition): IndexEntry | undefined {
    if (this.#newest !== undefined && compareLogPositions(this.#newest.position, position) <= 0) return this.#newest;
    return this.#entries.findLast((entry) => compareLogPositions(entry.position, position) <= 0);
  }

  /** Forgets what lies before the entry. */
  dropBefore(entry: IndexEntry): void {
    const kept = this.#entries.findIndex(({ endOffset }) => endOffset >= entry.endOffset);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
  }
}
