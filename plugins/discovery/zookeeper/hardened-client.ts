import type { Socket } from 'node:net';
import type * as library from 'node-zookeeper-client';

export type ZooKeeperLibrary = Pick<
  typeof library,
  'createClient' | 'ACL' | 'CreateMode' | 'Exception' | 'Id' | 'Permission' | 'State'
>;

/** What is reached into of the library: it has no other way to mend what is named below. Version 1.1.3, pinned. */
interface ConnectionManager {
  socket?: Socket;
  pendingBuffer: Buffer | null;
  /** The newest transaction seen, 8 bytes. Servers that have not seen it refuse the connection. */
  zxid: Buffer;
  onSocketData(this: ConnectionManager, bytes: Buffer): void;
}

/** A client of one ZooKeeper session. */
export interface HardenedClient {
  readonly client: library.Client;
  /** Breaks the connection; the library connects again, to the next server, with the same session. */
  breakConnection(): void;
  /** The next connection is made as by one that has seen nothing: servers that lost their data then say that the session expired, instead of refusing for ever. */
  forgetHistory(): void;
}

/**
 * The library's client with three flaws mended: it lets an error code or an event that it does not know end the process (here: it breaks the connection); it
 * takes half a message of a broken connection for the start of the next one's; it never notices a server that keeps the connection and says nothing (for that
 * the caller gets `breakConnection`).
 */
export function createHardenedClient(
  { createClient }: ZooKeeperLibrary,
  servers: string,
  sessionTimeoutMs: number,
): HardenedClient {
  const client = createClient(servers, { sessionTimeout: sessionTimeoutMs, retries: 0 });
  const { connectionManager } = client as unknown as { readonly connectionManager: ConnectionManager };
  const breakConnection = (): void => {
    connectionManager.socket?.destroy();
  };
  const onSocketData = connectionManager.onSocketData;
  connectionManager.onSocketData = (bytes) => {
    try {
      onSocketData.call(connectionManager, bytes);
    } catch {
      breakConnection();
    }
  };
  client.on('disconnected', () => {
    connectionManager.pendingBuffer = null;
  });
  const forgetHistory = (): void => {
    connectionManager.zxid = Buffer.alloc(8);
  };
  return { client, breakConnection, forgetHistory };
}
