import { systemClock } from '../../core/clock.ts';
import { observeShard } from '../../node/api/observe-shard.ts';
import { openWriterNode } from '../../node/writer/writer-node.ts';
import type { WriterShard } from '../../proto/node-protocol/shard.ts';
import { announceCatalog } from './announce-catalog.ts';
import { guardLease } from './lease-guard.ts';
import { observeDependency } from './observe-dependency.ts';
import { jobObserver, readObserver, shardObserver } from './observers.ts';
import type { ProcessParts } from './process-parts.ts';
import { sampleWriter } from './sample-gauges.ts';
import type { StartedNode } from './started-node.ts';

/** Waits until this process leads and has replayed its log. */
export async function startWriter(
  parts: ProcessParts,
  address: string,
  stack: AsyncDisposableStack,
): Promise<StartedNode<WriterShard>> {
  const { config, nodeId, metadataStore, storage, logger, tracing, signal, onFatal } = parts;
  const node = await openWriterNode({
    address,
    nodeId,
    dataFolder: config.dataFolder,
    metadata: metadataStore!,
    storage,
    log: observeDependency('log', await parts.openLog(), parts.metrics),
    clock: systemClock,
    logger,
    settings: config.writer,
    rootPassword: config.security.rootPassword,
    tracer: tracing.tracer,
    readObserver: readObserver(parts),
    onFatal,
    signal,
    jobEnded: jobObserver(parts),
    program: parts.program,
    guardLease: (lease, ttlMs) => guardLease(lease, { ttlMs, config, logger }),
  });
  stack.use(node);
  sampleWriter(parts.metrics, () => node.describe());
  const { cache } = parts;
  if (cache?.shared)
    void announceCatalog(node, cache, signal).catch((error) =>
      logger.warn({ error }, 'versions are no longer announced through the cache'),
    );
  return { shard: observeShard(node, shardObserver(parts)), drain: () => node.drain(), unready: () => [] };
}
