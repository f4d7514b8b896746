import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { ShardServer } from '../../proto/node-protocol/shard-server.ts';
import type { ProcessParts } from './process-parts.ts';
import type { StartedNode } from './started-node.ts';

/**
 * Serves a node to other processes and announces it. What comes back takes it out of service so that nobody notices: it says that it leaves (routers then send what others can answer
 * to others), it is taken off the registry (others load what it had), it answers on until nobody asks any more, and what is under way ends. At the latest
 * after `drainMs` and `shutdownMs` it is over. Where the members are a list that nobody can be taken off, routers may ask to the end: it does not wait for them.
 */
export async function serveNode(
  parts: ProcessParts,
  node: StartedNode<Shard>,
  self: Member,
  stack: AsyncDisposableStack,
): Promise<() => Promise<void>> {
  const { config, discovery, logger } = parts;
  const { host, port } = config.node;
  const onProtocolError = (error: Error, remoteAddress: string): void =>
    logger.warn({ err: error, remoteAddress }, 'a connection broke the node protocol and was closed');
  const server = stack.use(await ShardServer.listen(node.shard, { host, port, onProtocolError }));
  const announcement = new AsyncDisposableStack();
  stack.use(announcement);
  if (discovery.announce) announcement.use(await discovery.announce(self));
  return async () => {
    const endMs = performance.now() + config.drainMs + config.shutdownMs;
    const leftMs = (): number => Math.max(0, endMs - performance.now());
    node.drain();
    await announcement
      .disposeAsync()
      .catch((error: unknown) => logger.warn({ err: error }, 'this node could not be taken off the registry'));
    await sleep(config.drainMs);
    if (discovery.announce) await server.quiet(config.drainMs, leftMs());
    await server.drain(leftMs());
  };
}
