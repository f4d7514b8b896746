import { describeConfig } from '../../config/describe-config.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { CollectionPage, StatusPage } from './page-shapes.ts';
import { explainPlacement, placementPage } from './placement-page.ts';
import type { ProcessParts } from './process-parts.ts';

type Page = (query: URLSearchParams) => unknown;

/** Status and placement as JSON on the management port; the whole cluster's on a router, this process's own elsewhere. */
export function statusPages(parts: ProcessParts, cluster: Cluster | undefined): ReadonlyMap<string, Page> {
  const { nodeId, config } = parts;
  const own = { nodeId, roles: config.roles };
  const settings: [string, Page] = ['/config', () => describeConfig(config)];
  if (!cluster) return new Map([settings, ['/status', () => ({ ...own, members: [], collections: [] })]]);
  return new Map<string, Page>([
    ['/status', () => clusterStatus(own, parts, cluster)],
    settings,
    ['/placement', (query) => placementPage(parts, cluster, query)],
  ]);
}

async function clusterStatus(
  own: Pick<StatusPage, 'nodeId' | 'roles'>,
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
        viewVersion: view?.version ?? 0,
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
    members: handles.map((handle) => ({
      nodeId: handle.member.nodeId,
      address: handle.member.address,
      roles: handle.member.roles,
      health: handle.health,
      callsRunning: handle.callCount,
      memoryBytes: handle.status?.memoryBytes,
      readySegments:
        handle.status?.collections.reduce((sum, collection) => sum + collection.readySegmentIds.length, 0) ?? 0,
      term: handle.member.roles.includes('writer') ? handle.status?.term : undefined,
    })),
    collections,
  };
}
