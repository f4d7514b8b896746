import { systemClock } from '../../core/clock.ts';
import { FilterCache } from '../../core/filter/filter-cache.ts';
import { observeShard } from '../../node/api/observe-shard.ts';
import { ClusterFollower } from '../../node/reader/cluster-follower.ts';
import { ReaderNode } from '../../node/reader/reader-node.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { readObserver, shardObserver } from './observers.ts';
import type { ProcessParts } from './process-parts.ts';
import { sampleReader } from './sample-gauges.ts';
import type { StartedNode } from './started-node.ts';

/** `self`: this node as it announces itself. */
export async function startReader(
  parts: ProcessParts,
  self: Member,
  stack: AsyncDisposableStack,
): Promise<StartedNode<Shard>> {
  const { nodeId, address } = self;
  const { config, metadataStore, storage, discovery, routing, connections, logger, tracing } = parts;
  const follower = new ClusterFollower({
    self,
    isSelf: (member) => member.address === address || member.nodeId === nodeId,
    metadata: metadataStore!,
    storage,
    discovery,
    routing,
    connectReader: (member) => connections.connect(member.address),
    connectWriter: (member) => connections.connectWriter(member.address),
    clock: systemClock,
    logger,
    program: parts.program,
    cacheFolder: config.reader.cacheFolder,
    segmentLoaded: (durationMs) => parts.metrics.loadLatencyMs.observe(durationMs),
  });
  const node = new ReaderNode(address, follower, new FilterCache(), tracing.tracer, readObserver(parts));
  stack.use(node);
  await follower.start();
  sampleReader(parts.metrics, () => follower.describe());
  const shard = observeShard(node, shardObserver(parts));
  return { shard, drain: () => follower.drain(), unready: () => follower.unready() };
}
