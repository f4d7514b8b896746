/** What the log needs of one partition of a topic: an append that says where the records landed, and reading. */

export interface PartitionMessage {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface PartitionRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

export interface FetchedRecords {
  readonly records: readonly PartitionRecord[];
  /** Where to go on; never smaller than what was asked for. Some offsets hold no record. */
  readonly nextOffset: number;
}

/**
 * Every failure is a BraidError of one line that says what to do, and is worth another try once the world has changed. After a failed append nothing is known: the
 * records may be there, may come later, or never.
 */
export interface Partition extends AsyncDisposable {
  /** For messages: which topic, at which brokers. */
  readonly name: string;
  /** Appends the messages side by side, or none of them; resolves to the offset of the first when all replicas that are in sync have them. */
  append(messages: readonly PartitionMessage[]): Promise<number>;
  /** Records at and after the offset that all replicas in sync have. Empty when there are none yet. */
  fetch(offset: number): Promise<FetchedRecords>;
  /** Of the first record that has not been deleted. */
  startOffset(): Promise<number>;
  /** One more than that of the last record that all replicas in sync have. */
  endOffset(): Promise<number>;
  deleteBefore(offset: number): Promise<void>;
  /** Bytes on the leader's disk; undefined where the brokers do not tell us. */
  storedBytes(): Promise<number | undefined>;
}
