import type { Cache } from '../../plugins/cache/cache.ts';
import type { WriterShard } from '../../proto/node-protocol/shard.ts';
import { CATALOG_CHANNEL } from '../../router/cluster/shared-catalog.ts';

/** Says every new version of the catalog through the cache, for routers that the writer's own reports do not reach at the moment. Until `signal` aborts. */
export async function announceCatalog(
  writer: Pick<WriterShard, 'watchStatus'>,
  cache: Cache,
  signal: AbortSignal,
): Promise<void> {
  const context = { requestId: '', traceparent: '', timeoutMs: 0 };
  let announced = 0;
  for await (const { catalogVersion } of writer.watchStatus({ context }, signal)) {
    if (catalogVersion <= announced) continue;
    announced = catalogVersion;
    await cache.publish(CATALOG_CHANNEL, String(catalogVersion));
  }
}
