import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientConfig, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { MilvusClient as Client25 } from 'milvus-sdk-2.5';
import { MilvusClient as Client26 } from 'milvus-sdk-2.6';
import type { CallRecorder } from './call-recorder.ts';

const CONNECT_TIMEOUT_MS = 30_000;

/** Lines of the Node SDK, oldest first. */
export const NODE_LINES = ['2.5', '2.6', '3.0'] as const;
export type NodeLine = (typeof NODE_LINES)[number];

/** Chapters are typed against the newest line; they call an older one only for what it has. */
const CLIENTS: Readonly<Record<NodeLine, typeof MilvusClient>> = {
  '2.5': Client25 as unknown as typeof MilvusClient,
  '2.6': Client26 as unknown as typeof MilvusClient,
  '3.0': MilvusClient,
};

/** Resolves when the server has answered the first call. */
export async function connectNodeSdk(
  line: NodeLine,
  config: ClientConfig,
  recorder: CallRecorder,
): Promise<MilvusClient> {
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  const { callInvocationTransformer } = recorder;
  const channelOptions = { ...config.channelOptions, callInvocationTransformer } as never;
  for (;;) {
    const client = new CLIENTS[line]({ logLevel: 'error', ...config, channelOptions });
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
