import { BraidError } from '../../../core/errors.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { KafkaClients } from './kafka-clients.ts';
import type { FetchedRecords, Partition, PartitionMessage, PartitionRecord } from './partition.ts';

/** The number of the only partition. */
const PARTITION = 0;
/** Every replica in sync must have a record before an append resolves. */
const ALL_IN_SYNC = -1;
const EARLIEST = -2n;
const LATEST = -1n;
/** Of the protocol: the leader's epoch is not checked. */
const ANY_EPOCH = -1;

/** Partition 0 of a topic, through the client. */
export class KafkaPartition implements Partition {
  readonly name: string;
  readonly #clients: KafkaClients;
  readonly #topic: string;
  readonly #topicId: string;
  /** The client fetches by sessions, which know one request at a time. */
  #fetching: Promise<unknown> = Promise.resolve();

  /** The clients are the partition's from now on. `topicId` is what Kafka made up for this very topic: another one of its name is not read. */
  constructor(clients: KafkaClients, topicId: string) {
    this.name = clients.name;
    this.#clients = clients;
    this.#topic = clients.options.topic;
    this.#topicId = topicId;
  }

  async append(messages: readonly PartitionMessage[]): Promise<number> {
    const topic = this.#topic;
    const { offsets } = await this.#clients.run(() =>
      this.#clients.producer.send({
        acks: ALL_IN_SYNC,
        messages: messages.map(({ key, value }) => ({
          topic,
          partition: PARTITION,
          key: asBuffer(key),
          value: asBuffer(value),
        })),
      }),
    );
    const offset = offsets?.find((each) => each.partition === PARTITION)?.offset;
    if (offset === undefined) throw new BraidError('serviceUnavailable', `${this.name} did not say where records are`);
    return Number(offset);
  }

  fetch(offset: number): Promise<FetchedRecords> {
    const fetched = this.#fetching.then(() => this.#clients.run(() => this.#fetch(offset)));
    this.#fetching = fetched.catch(() => undefined);
    return fetched;
  }

  startOffset(): Promise<number> {
    return this.#offset(EARLIEST);
  }

  endOffset(): Promise<number> {
    return this.#offset(LATEST);
  }

  async deleteBefore(offset: number): Promise<void> {
    const partitions = [{ partition: PARTITION, offset: BigInt(offset) }];
    await this.#clients.run(() => this.#clients.admin.deleteRecords({ topics: [{ name: this.#topic, partitions }] }));
  }

  async storedBytes(): Promise<number | undefined> {
    try {
      const leader = (await this.#clients.topic())?.partitions[PARTITION]?.leader;
      const topics = [{ name: this.#topic, partitions: [PARTITION] }];
      const folders = await this.#clients.admin.describeLogDirs({ topics });
      const found = folders
        .filter(({ broker }) => broker === leader)
        .flatMap(({ results }) => results)
        .flatMap((folder) => folder.topics.filter(({ name }) => name === this.#topic))
        .flatMap(({ partitions }) => partitions);
      return found.length === 0 ? undefined : found.reduce((sum, { partitionSize }) => sum + Number(partitionSize), 0);
    } catch {
      // Needs the right to describe the cluster: a log works without it.
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clients[Symbol.asyncDispose]();
  }

  async #fetch(offset: number): Promise<FetchedRecords> {
    const leader = (await this.#clients.topic())?.partitions[PARTITION]?.leader;
    if (leader === undefined || leader < 0)
      throw new BraidError('serviceUnavailable', `${this.name} has no leader now`);
    const { fetchBytes, fetchWaitMs } = LOG_LIMITS.kafka;
    const wanted = {
      partition: PARTITION,
      currentLeaderEpoch: ANY_EPOCH,
      lastFetchedEpoch: ANY_EPOCH,
      fetchOffset: BigInt(offset),
      partitionMaxBytes: fetchBytes,
    };
    const answer = await this.#clients.consumer.fetch({
      node: leader,
      topics: [{ topicId: this.#topicId, partitions: [wanted] }],
      maxBytes: fetchBytes,
      maxWaitTime: fetchWaitMs,
    });
    const batches = answer.responses.flatMap(({ partitions }) => partitions).flatMap(({ records }) => records ?? []);
    const records = batches.flatMap(({ firstOffset, records: inBatch }) =>
      inBatch.map((record): PartitionRecord => {
        return { offset: Number(firstOffset) + record.offsetDelta, key: record.key, value: record.value };
      }),
    );
    const last = batches.at(-1);
    const nextOffset = last === undefined ? offset : Number(last.firstOffset) + last.lastOffsetDelta + 1;
    return { records, nextOffset: Math.max(offset, nextOffset) };
  }

  async #offset(timestamp: bigint): Promise<number> {
    const topic = this.#topic;
    const offsets = await this.#clients.run(() => this.#clients.consumer.listOffsets({ topics: [topic], timestamp }));
    const offset = offsets.get(topic)?.[PARTITION];
    if (offset === undefined) throw new BraidError('serviceUnavailable', `${this.name} did not say its offsets`);
    return Number(offset);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
