import { systemClock } from '../../core/clock.ts';
import { FilterCache } from '../../core/filter/filter-cache.ts';
import { observeShard } from '../../node/api/observe-shard.ts';
import { ClusterFollower } from '../../node/reader/cluster-follower.ts';
import { ReaderNode } from '../../node/reader/reader-node.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { shardObserver } from './observers.ts';
import type { ProcessParts } from './process-parts.ts';

export async function startReader(parts: ProcessParts, address: string, stack: AsyncDisposableStack): Promise<Shard> {
  const { config, nodeId, metadata, storage, discovery, routing, connections, logger, tracing } = parts;
  const follower = new ClusterFollower({
    nodeId,
    isSelf: (member) => member.address === address || member.nodeId === nodeId,
    metadata,
    storage,
    discovery,
    routing,
    connectWriter: (member) => connections.connectWriter(member.address),
    clock: systemClock,
    logger,
    cacheFolder: config.reader.cacheFolder,
  });
  const node = new ReaderNode(address, follower, new FilterCache(), tracing.tracer);
  stack.use(node);
  await follower.start();
  parts.metrics.nodeSources.add(() => follower.counts());
  return observeShard(node, shardObserver(parts));
}
