import type { AccessRecords } from '../../core/access/access-records.ts';
import type { AccessSource } from '../../router/api/access/access-source.ts';
import type { ReadableMetadata } from './late-metadata.ts';

const FRESH_MS = 1_000;

/** Users and roles for processes without a catalog of their own: read when they are needed, and once a second at the most. */
export class PolledAccess implements AccessSource {
  readonly #metadata: Pick<ReadableMetadata, 'readAccess'>;
  #current: AccessRecords | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(metadata: Pick<ReadableMetadata, 'readAccess'>) {
    this.#metadata = metadata;
  }

  get current(): AccessRecords | undefined {
    return this.#current;
  }

  /** As they were a second ago, or at the last look where the store cannot be read. Rejects only while nothing is known. */
  async keepFresh(): Promise<void> {
    if (performance.now() - this.#readAtMs > FRESH_MS) await this.refresh();
  }

  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      this.#current = (await this.#metadata.readAccess(this.#current?.version)) ?? this.#current;
      this.#readAtMs = performance.now();
    } catch (error) {
      if (!this.#current) throw error;
    }
  }
}
