import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import { FilterCache } from '../../core/filter/filter-cache.ts';
import type { Cache } from '../../plugins/cache/cache.ts';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { ROUTER_LIMITS, type RouterLimits } from '../limits.ts';
import { AccessCache } from './access-cache.ts';
import { CatalogCache } from './catalog-cache.ts';
import type { Cluster } from './cluster.ts';
import { Members } from './members.ts';
import { NodeSpans } from './node-spans.ts';
import { Placement } from './placement.ts';
import { ResultCache } from './result-cache.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { Scatter } from './scatter.ts';
import { SharedCatalog } from './shared-catalog.ts';
import { Views } from './views.ts';
import { WriterClient } from './writer-client.ts';

export interface ClusterDependencies {
  readonly discovery: Discovery;
  readonly routing: RoutingStrategy;
  readonly metadata: Pick<MetadataStore, 'catalogVersion' | 'readCatalog' | 'readView' | 'readAccess'>;
  readonly cache: Cache;
  /** How long answers of searches are kept in the cache; 0 or undefined: not at all. */
  readonly resultCacheMs?: number;
  /** See MembersDependencies. */
  readonly connect: (member: Member) => Shard;
  readonly tracer: Tracer;
  readonly metrics: RouterMetrics;
  readonly logger: PluginLogger;
  readonly clock: Clock;
  readonly limits?: Partial<RouterLimits>;
  /** Where this router stands: calls prefer readers of the same zone. */
  readonly zone?: string;
}

/**
 * Begins to follow the members and the catalog; resolves when both are known, or after the start-up wait: a cluster that is not all there is served as far as it is. Dispose it
 * after the last operation; the plugins are the caller's.
 */
export async function openCluster(dependencies: ClusterDependencies): Promise<Cluster & AsyncDisposable> {
  const { discovery, routing, metadata, cache, connect, tracer, metrics, logger, clock } = dependencies;
  const limits: RouterLimits = { ...ROUTER_LIMITS, ...dependencies.limits };
  const members = new Members({ discovery, connect, clock, logger, metrics, limits });
  const shared = cache.shared ? new SharedCatalog(cache, limits) : undefined;
  const catalog = new CatalogCache({ store: metadata, shared, logger, metrics, limits });
  const placement = new Placement(routing, members, () => catalog.current.resourceGroups);
  const versionOf = (collectionId: number) => catalog.current.viewVersions.get(collectionId);
  const views = new Views({ store: metadata, shared, versionOf, placement, members, clock, logger, metrics, limits });
  members.onReport((handle) => catalog.announce(handle.status!.catalogVersion));
  catalog.onChange((snapshot) => views.catalogChanged(snapshot));
  const listening = await shared?.onAnnounced((version) => catalog.announce(version));
  await Promise.all([members.start(), catalog.start()]);
  const renewal = setInterval(() => catalog.renewShared() && views.renewShared(), limits.sharedRenewMs).unref();
  const nodeSpans = new NodeSpans(members, limits);
  return {
    members,
    catalog,
    access: new AccessCache({ store: metadata, catalog, limits }),
    views,
    scatter: new Scatter({
      members,
      clock,
      tracer,
      metrics,
      limits,
      ...(dependencies.zone && { zone: dependencies.zone }),
    }),
    writer: new WriterClient({ members, clock, metrics, tracer }),
    filters: new FilterCache(),
    results: dependencies.resultCacheMs ? new ResultCache(cache, dependencies.resultCacheMs, limits) : undefined,
    tracer,
    nodeSpans,
    metrics,
    clock,
    limits,
    [Symbol.asyncDispose]: async () => {
      clearInterval(renewal);
      nodeSpans[Symbol.dispose]();
      await listening?.[Symbol.asyncDispose]();
      await catalog[Symbol.asyncDispose]();
      await members[Symbol.asyncDispose]();
    },
  };
}
