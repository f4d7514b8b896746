import { setTimeout as sleep } from 'node:timers/promises';
import { DataType, MilvusClient, type ResStatus } from '@zilliz/milvus2-sdk-node';
import type { ProvenRow } from './row-model.ts';

const READY_TIMEOUT_MS = 30_000;
const PAGE_KEYS = 1_000;
/** gRPC clients of one process share connections, and with them the pause after a failed one: not these. */
const OWN_CONNECTIONS = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_reconnect_backoff_ms': 1_000 };

/** A client that tries nothing twice: a second insert would be a second row. */
export async function impatientClient(address: string, timeoutMs = 20_000): Promise<MilvusClient> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const client = new MilvusClient({
      address,
      logLevel: 'error',
      maxRetries: 0,
      timeout: timeoutMs,
      channelOptions: OWN_CONNECTIONS,
    });
    try {
      await client.connectPromise;
      return client;
    } catch (error) {
      await client.closeConnection();
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

export function must(status: ResStatus): void {
  if (status.error_code !== 'Success') throw new Error(`${status.error_code} ${status.code}: ${status.reason}`);
}

/** A loaded collection of proven rows, searched exactly. */
export async function createProvenCollection(client: MilvusClient, name: string): Promise<void> {
  must(
    await client.createCollection({
      collection_name: name,
      consistency_level: 'Strong',
      fields: [
        { name: 'key', data_type: DataType.Int64, is_primary_key: true },
        { name: 'version', data_type: DataType.Int64 },
        { name: 'proof', data_type: DataType.VarChar, max_length: 256 },
        { name: 'vector', data_type: DataType.FloatVector, dim: 4 },
      ],
      index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
    }),
  );
  must(await client.loadCollectionSync({ collection_name: name }));
}

/** Waits until a restarted process answers for the collection. */
export async function collectionReady(client: MilvusClient, name: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await client
      .getLoadState({ collection_name: name })
      .catch((error: Error) => ({ state: error.message }));
    if (answer.state === 'LoadStateLoaded') return;
    if (performance.now() > deadline) throw new Error(`${name} is not loaded: ${answer.state}`);
    await sleep(50);
  }
}

/** All rows with keys below `keysMax`, read with consistency Strong. */
export async function readProvenRows(client: MilvusClient, name: string, keysMax: number): Promise<ProvenRow[]> {
  const rows: ProvenRow[] = [];
  for (let from = 0; from < keysMax; from += PAGE_KEYS) {
    const answer = await client.query({
      collection_name: name,
      filter: `key >= ${from} and key < ${from + PAGE_KEYS}`,
      output_fields: ['key', 'version', 'proof', 'vector'],
      limit: 16_000,
      consistency_level: 'Strong' as never,
    });
    must(answer.status);
    for (const { key, version, proof, vector } of answer.data) {
      rows.push({ key: Number(key), version: Number(version), proof, vector: [...vector] });
    }
  }
  return rows;
}
