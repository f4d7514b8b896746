import { BraidError } from '../../../../core/errors.ts';
import type {
  FetchedRecords,
  Partition,
  PartitionMessage,
  PartitionRecord,
} from '../../../../plugins/log/kafka/partition.ts';

/** What happens to one append. */
export type Fate = 'fine' | 'lost' | 'answer-lost' | 'late';

const FETCHED_RECORDS = 5;

/** The one partition that several openings share. */
export class PartitionContent {
  readonly records: PartitionRecord[] = [];
  startOffset = 0;
  /** Batches whose sender has given up on them, still on their way. */
  readonly #late: (readonly PartitionMessage[])[] = [];

  add(messages: readonly PartitionMessage[]): number {
    const offset = this.records.length;
    for (const { key, value } of messages)
      this.records.push({ offset: this.records.length, key: Uint8Array.from(key), value: Uint8Array.from(value) });
    return offset;
  }

  delay(messages: readonly PartitionMessage[]): void {
    this.#late.push(messages);
  }

  /** One of the late ones arrives. */
  arrive(): void {
    const batch = this.#late.shift();
    if (batch !== undefined) this.add(batch);
  }
}

/** A partition in memory whose appends fail in all the ways that a network has: nothing arrives, the answer gets lost, or the records arrive long after the sender has given up. */
export class ShakyPartition implements Partition {
  readonly name = 'a shaky topic';
  readonly #content: PartitionContent;
  readonly #fateOf: () => Fate;

  constructor(content: PartitionContent, fateOf: () => Fate = () => 'fine') {
    this.#content = content;
    this.#fateOf = fateOf;
  }

  async append(messages: readonly PartitionMessage[]): Promise<number> {
    await breathe();
    const fate = this.#fateOf();
    if (fate === 'fine') return this.#content.add(messages);
    if (fate === 'answer-lost') this.#content.add(messages);
    if (fate === 'late') this.#content.delay(messages);
    throw new BraidError('serviceUnavailable', `an append was ${fate}`);
  }

  async fetch(offset: number): Promise<FetchedRecords> {
    await breathe();
    const { records, startOffset } = this.#content;
    if (offset < startOffset) throw new BraidError('serviceUnavailable', `offset ${offset} is out of range`);
    const fetched = records.slice(offset, offset + FETCHED_RECORDS);
    return { records: fetched, nextOffset: offset + fetched.length };
  }

  async startOffset(): Promise<number> {
    await breathe();
    return this.#content.startOffset;
  }

  async endOffset(): Promise<number> {
    await breathe();
    return this.#content.records.length;
  }

  async deleteBefore(offset: number): Promise<void> {
    this.#content.startOffset = Math.max(this.#content.startOffset, offset);
  }

  async storedBytes(): Promise<number | undefined> {
    return this.#content.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Lets others go first. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
