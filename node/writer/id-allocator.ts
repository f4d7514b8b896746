import { BraidError, toBraidError } from '../../core/errors.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import { DEFAULT_DATABASE_ID } from './catalog/catalog-state.ts';
import { WRITER_LIMITS } from './limits.ts';

/** Hands out ids that were never used before. Blocks are reserved ahead; what is left of a block when the process ends stays unused. */
export class IdAllocator {
  readonly #metadata: MetadataStore;
  readonly #term: number;
  readonly #onTermLost: (error: BraidError) => void;
  /** Reserved ids as [first, end) ranges. */
  #ranges: { next: number; readonly end: number }[] = [];
  #refill: Promise<void> | undefined;

  private constructor(metadata: MetadataStore, term: number, onTermLost: (error: BraidError) => void) {
    this.#metadata = metadata;
    this.#term = term;
    this.#onTermLost = onTermLost;
  }

  static async start(
    metadata: MetadataStore,
    term: number,
    onTermLost: (error: BraidError) => void,
  ): Promise<IdAllocator> {
    const allocator = new IdAllocator(metadata, term, onTermLost);
    await allocator.#reserve();
    return allocator;
  }

  next(): number {
    const range = this.#ranges[0];
    if (!range) {
      this.#refillWhenLow();
      throw new BraidError('serviceUnavailable', 'ids are used up: the metadata store did not reserve more in time');
    }
    const id = range.next++;
    if (range.next === range.end) this.#ranges.shift();
    this.#refillWhenLow();
    return id;
  }

  /** Resolves when `count` calls of `next` will succeed in this turn of the event loop. */
  async ensure(count: number): Promise<void> {
    while (this.#left() < count) await this.#reserve();
  }

  #left(): number {
    return this.#ranges.reduce((sum, range) => sum + range.end - range.next, 0);
  }

  #refillWhenLow(): void {
    if (this.#refill || this.#left() > WRITER_LIMITS.idBlock / 2) return;
    this.#refill = this.#reserve()
      .catch((thrown) => {
        const error = toBraidError(thrown);
        // Any other failure shows when the ids run out; the next call tries again.
        if (error.kind === 'termLost') this.#onTermLost(error);
      })
      .finally(() => {
        this.#refill = undefined;
      });
  }

  async #reserve(): Promise<void> {
    const first = await this.#metadata.reserveIds(this.#term, WRITER_LIMITS.idBlock);
    // The very first id is the default database's.
    const next = first === DEFAULT_DATABASE_ID ? first + 1 : first;
    this.#ranges.push({ next, end: first + WRITER_LIMITS.idBlock });
  }
}
