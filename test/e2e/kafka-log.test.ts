import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KafkaBroker, missingKafka } from '../servers/kafka.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { MovingCluster } from './moving-cluster.ts';
import { createProvenCollection, impatientClient, must, readProvenRows } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const COLLECTION = 'in_kafka';
const LEASE_MS = 2_000;
const ROWS_BEFORE = 100;
const PATIENCE_MS = 60_000;

const runs = mayRunWith('Kafka', missingKafka());

describe.runIf(runs)('a cluster whose log is in Kafka', () => {
  let broker: KafkaBroker;
  let cluster: MovingCluster;
  let client: MilvusClient;
  let key = 0;
  const acknowledged: number[] = [];
  const refusals: string[] = [];

  const insert = async (): Promise<void> => {
    const row = key++;
    try {
      must((await client.insert({ collection_name: COLLECTION, data: [{ ...provenRow(row, 1) }] })).status);
      acknowledged.push(row);
    } catch (error) {
      refusals.push((error as Error).message);
      await sleep(20);
    }
  };
  const insertUntil = async (isDone: () => boolean): Promise<void> => {
    const endMs = performance.now() + PATIENCE_MS;
    while (!isDone()) {
      if (performance.now() > endMs) throw new Error(`no longer patient; the last refusal: ${refusals.at(-1)}`);
      await insert();
    }
  };
  /** Every acknowledged row, once. */
  const expectAllThere = async (): Promise<void> => {
    const found = (await readProvenRows(client, COLLECTION, key + 1)).map((row) => row.key);
    expect(new Set(found).size, 'doubled').toBe(found.length);
    const there = new Set(found);
    expect(
      acknowledged.filter((row) => !there.has(row)),
      'lost',
    ).toEqual([]);
  };

  beforeAll(async () => {
    broker = await KafkaBroker.start();
    const options = {
      brokers: [broker.address],
      topic: `log-${randomUUID()}`,
      replicationFactor: 1,
      requestTimeoutMs: 1_000,
    };
    cluster = await MovingCluster.start({
      readers: 1,
      routers: 1,
      settings: { log: { use: 'kafka', with: options }, writer: { compactionEnabled: false, leaseTtlMs: LEASE_MS } },
    });
    client = await impatientClient(cluster.routers[0]!.address);
    await createProvenCollection(client, COLLECTION);
  }, 180_000);

  afterAll(async () => {
    await client?.closeConnection();
    await cluster?.[Symbol.asyncDispose]();
    await broker?.[Symbol.asyncDispose]();
  }, 60_000);

  test('the writer is killed: the one that stands by, with nothing but Kafka, has every acknowledged row', async () => {
    const first = cluster.writers[0]!;
    await cluster.addWriter();
    await insertUntil(() => acknowledged.length >= ROWS_BEFORE);
    const killedMs = performance.now();
    await cluster.processes.kill(first.process);
    const before = acknowledged.length;
    await insertUntil(() => acknowledged.length > before);
    console.info(`the next write was acknowledged ${(performance.now() - killedMs).toFixed(0)} ms after the kill`);
    await cluster.removeWriter(first);
    await cluster.settled(COLLECTION, 1);
    await expectAllThere();
  }, 120_000);
});
