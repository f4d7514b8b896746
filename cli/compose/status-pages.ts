import { describeConfig } from '../../config/describe-config.ts';
import { systemClock } from '../../core/clock.ts';
import { physicalMs } from '../../core/timestamps.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { MemberHandle } from '../../router/cluster/member-handle.ts';
import { jobsPage } from './jobs-page.ts';
import { memberPage } from './member-page.ts';
import type { CollectionPage, StatusPage } from './page-shapes.ts';
import { explainPlacement, placementPage, ringPage } from './placement-page.ts';
import type { ProcessParts } from './process-parts.ts';

type Page = (query: URLSearchParams) => unknown;

/** Status and placement as JSON on the management port; the whole cluster's on a router, this process's own elsewhere. */
export function statusPages(parts: ProcessParts, cluster: Cluster | undefined): ReadonlyMap<string, Page> {
  const { nodeId, config, program } = parts;
  const own = { nodeId, roles: config.roles, ...program };
  const settings: [string, Page] = ['/config', () => describeConfig(config)];
  if (!cluster)
    return new Map([settings, ['/status', () => ({ ...own, catalogVersion: 0, members: [], collections: [] })]]);
  return new Map<string, Page>([
    ['/status', () => clusterStatus(own, parts, cluster)],
    settings,
    ['/placement', (query) => placementPage(parts, cluster, query)],
    ['/placement/ring', (query) => ringPage(parts, cluster, query)],
    ['/jobs', () => jobsPage(parts, cluster)],
  ]);
}

async function clusterStatus(
  own: Pick<StatusPage, 'nodeId' | 'roles' | 'version' | 'startedAtMs'>,
  { metadata, routing }: ProcessParts,
  cluster: Cluster,
): Promise<StatusPage> {
  const handles = cluster.members.all();
  const catalog = await metadata.readCatalog();
  const databases = new Map(catalog.databases.map((database) => [database.id, database.name]));
  const collections = await Promise.all(
    catalog.collections.map(async (record): Promise<CollectionPage> => {
      const view = await metadata.readView(record.id);
      const segments = view?.segments ?? [];
      const partitions = new Map(record.partitions.map((partition) => [partition.id, partition.name]));
      const readers = handles.filter((handle) => handle.member.roles.includes('reader') && handle.health === 'healthy');
      return {
        id: record.id,
        database: databases.get(record.databaseId) ?? '',
        name: record.name,
        loaded: record.partitions.some((partition) => partition.loaded),
        partitions: record.partitions.map(({ id, name, loaded }) => ({ id, name, loaded })),
        viewVersion: view?.version ?? 0,
        sealedAtMs: view ? physicalMs(view.sealedTimestamp) : 0,
        behindMs: behindMs(readers, record.id),
        replicasWanted: record.replicaCount,
        segments: segments.map((segment) => ({
          id: segment.id,
          partition: partitions.get(segment.partitionId) ?? '',
          rows: segment.rowCount,
          deleted: segment.deletedCount,
          byteLength: segment.byteLength,
          readyOn: readers
            .filter((handle) => handle.readySegments(record.id).has(segment.id))
            .map((handle) => handle.member.address),
        })),
        placement: explainPlacement(routing, cluster, record, view),
      };
    }),
  );
  return {
    ...own,
    catalogVersion: cluster.catalog.current.version,
    members: handles.map(memberPage),
    collections,
  };
}

function behindMs(readers: readonly MemberHandle[], collectionId: number): number | undefined {
  const applied = readers.map((handle) => handle.appliedTimestamp(collectionId)).filter((timestamp) => timestamp > 0n);
  if (applied.length === 0) return undefined;
  const nowMs = systemClock.nowMs();
  return Math.max(...applied.map((timestamp) => Math.max(0, nowMs - physicalMs(timestamp))));
}
