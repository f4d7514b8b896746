import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, test, vi } from 'vitest';
import { Processes } from '../../examples/debian-packages/processes.ts';
import { startCluster } from '../../examples/debian-packages/start-cluster.ts';
import { connected } from '../e2e/deployments.ts';
import { createProvenCollection, must } from '../e2e/proven-collection.ts';
import { provenRow } from '../e2e/row-model.ts';

const COLLECTION = 'kept';
const SEALED_ROWS = 20;
const NEW_KEY = 77;
const PATIENCE = { timeout: 60_000, interval: 200 };
const SETTINGS = { writer: { retentionMs: 1_000, compactionEnabled: false } };

async function insert(client: MilvusClient, keys: readonly number[]): Promise<void> {
  must(
    (await client.insert({ collection_name: COLLECTION, data: keys.map((key) => ({ ...provenRow(key, 1) })) })).status,
  );
}

async function nearestKey(client: MilvusClient, key: number): Promise<number> {
  const answer = await client.search({
    collection_name: COLLECTION,
    data: provenRow(key, 1).vector,
    limit: 1,
    output_fields: ['key'],
  });
  must(answer.status);
  return Number(answer.results[0]?.['key']);
}

test('without readers searches of sealed rows are refused and writes go on; with one again every row is found', {
  timeout: 240_000,
}, async () => {
  await using processes = new Processes();
  const { address, readers, router } = await startCluster(processes, { readerCount: 1, settings: SETTINGS });
  const client = await connected(address);
  await createProvenCollection(client, COLLECTION);
  await insert(
    client,
    Array.from({ length: SEALED_ROWS }, (_, key) => key),
  );
  await client.flushSync({ collection_names: [COLLECTION] });
  await vi.waitFor(async () => {
    const status = (await (await fetch(`http://127.0.0.1:${router.managementPort}/status`)).json()) as {
      collections: { segments: { readyOn: string[] }[] }[];
    };
    expect(status.collections[0]?.segments[0]?.readyOn).toHaveLength(1);
  }, PATIENCE);

  await processes.stop(readers[0]!);
  // The router may use an older view, for which the writer answers, for some seconds more.
  await vi.waitFor(() => expect(nearestKey(client, 3)).rejects.toThrow('UNAVAILABLE'), PATIENCE);
  await insert(client, [NEW_KEY]);

  await processes.revive(readers[0]!);
  await vi.waitFor(async () => expect(await nearestKey(client, 3)).toBe(3), PATIENCE);
  expect(await nearestKey(client, NEW_KEY)).toBe(NEW_KEY);
  await client.closeConnection();
});
