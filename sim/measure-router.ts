import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../core/clock.ts';
import { finish } from '../core/steps.ts';
import type { Member } from '../plugins/discovery/discovery.ts';
import { GroupedReaders, placeReplicas } from '../plugins/routing/place-replicas.ts';
import type { RoutingStrategy } from '../plugins/routing/routing.ts';
import { NodeStatus } from '../proto/generated/node.ts';
import type { Shard } from '../proto/node-protocol/shard.ts';
import { Members } from '../router/cluster/members.ts';
import { Placement } from '../router/cluster/placement.ts';
import { silentMetrics } from '../router/cluster/router-metrics.ts';
import { ROUTER_LIMITS } from '../router/limits.ts';
import { measureSteps } from './measure-steps.ts';
import { PushedDiscovery } from './pushed-discovery.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

export interface RouterFigures {
  /** From the list of discovery until every reader has reported what it holds. */
  readonly startMs: number;
  /** Routes of all collections, the first time, and again after a reader has joined that holds nothing yet. */
  readonly routesMs: number;
  readonly routesAfterJoinMs: number;
  /** The first of all, which makes the ring, and the longest of the others. */
  readonly firstRouteMs: number;
  readonly longestRouteMs: number;
  /** What the event loop is held at most by placements and routes. */
  readonly longestSliceMs: number;
  /** Segments that the joining reader will own and that their former owners answer for: all but the errors of the router. */
  readonly servedByFormerOwners: number;
  readonly unserved: number;
  /** Heap of members, reports, placements and routes; the views, which any router has, aside. */
  readonly heapMegabytes: number;
}

const MEGABYTE = 1024 ** 2;

/** The membership and the placement of a router, with readers that report what placement gives them. */
export async function measureRouter(
  openStrategy: () => Promise<RoutingStrategy>,
  cluster: SimulatedCluster,
): Promise<RouterFigures> {
  await using readersStrategy = await openStrategy();
  await using strategy = await openStrategy();
  const reports = reportsOf(readersStrategy, cluster);
  const discovery = new PushedDiscovery(cluster.readers);
  const heapBefore = heapMegabytes();
  await using members = new Members({
    discovery,
    connect: (member) => reportingShard(member, reports.get(member.nodeId)),
    clock: systemClock,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: silentMetrics,
    limits: { ...ROUTER_LIMITS, statusSilenceMsMax: 600_000, startupWaitMsMax: 120_000 },
  });
  const placement = new Placement(strategy, members, () => NO_GROUPS);
  const beganMs = performance.now();
  await members.start();
  const startMs = performance.now() - beganMs;
  const first = await routeAll(placement, cluster);
  const heap = heapMegabytes() - heapBefore;
  discovery.push([...cluster.readers, cluster.newReader()]);
  while (
    members.readers().length === cluster.readers.length ||
    members.readers().some(({ health }) => health === 'new')
  )
    await sleep(5);
  const after = await routeAll(placement, cluster);
  return {
    startMs,
    routesMs: first.totalMs,
    routesAfterJoinMs: after.totalMs,
    firstRouteMs: first.firstMs,
    longestRouteMs: Math.max(first.longestMs, after.longestMs),
    longestSliceMs: Math.max(first.longestSliceMs, after.longestSliceMs),
    servedByFormerOwners: after.movedCount,
    unserved: after.unserved,
    heapMegabytes: heap,
  };
}

const NO_GROUPS: readonly [] = [];

async function routeAll(placement: Placement, cluster: SimulatedCluster) {
  const newcomer = cluster.newReader().nodeId;
  let [totalMs, firstMs, longestMs, longestSliceMs, unserved, movedCount] = [0, 0, 0, 0, 0, 0];
  for (const collection of cluster.collections) {
    const view = cluster.views.get(collection.id)!;
    const partitionIds = new Set(collection.partitions.map(({ id }) => id));
    const { result: route, ...measured } = measureSteps(placement.route(view, collection, partitionIds));
    if (totalMs === 0) firstMs = measured.totalMs;
    else longestMs = Math.max(longestMs, measured.totalMs);
    totalMs += measured.totalMs;
    longestSliceMs = Math.max(longestSliceMs, measured.longestSliceMs);
    for (const { segmentIds, owners } of route.groups) {
      if (!owners.some(({ health }) => health === 'healthy')) unserved += segmentIds.length;
      if (owners.some(({ member }) => member.nodeId === newcomer)) unserved += segmentIds.length;
    }
    const { preferences, ownerCount } = finish(placement.replicas(view, collection));
    for (const list of preferences.values()) {
      if (list.slice(0, ownerCount).some(({ nodeId }) => nodeId === newcomer)) movedCount++;
    }
    await nextTurn();
  }
  return { totalMs, firstMs, longestMs, longestSliceMs, unserved, movedCount };
}

/** What each reader holds: what placement gives it. */
function reportsOf(strategy: RoutingStrategy, cluster: SimulatedCluster): ReadonlyMap<string, NodeStatus> {
  const readers = new GroupedReaders(cluster.readers, NO_GROUPS);
  const held = new Map(cluster.readers.map(({ nodeId }) => [nodeId, new Map<number, number[]>()]));
  for (const collection of cluster.collections) {
    const { segments } = cluster.views.get(collection.id)!;
    const { preferences, ownerCount } = placeReplicas(strategy, { collection, segments, readers });
    for (const [id, list] of preferences) {
      for (const { nodeId } of list.slice(0, ownerCount)) {
        const collections = held.get(nodeId)!;
        const ids = collections.get(collection.id);
        if (ids) ids.push(id);
        else collections.set(collection.id, [id]);
      }
    }
  }
  const statuses = Array.from(held, ([nodeId, collections]): [string, NodeStatus] => [
    nodeId,
    NodeStatus.fromPartial({
      nodeId,
      roles: ['reader'],
      collections: Array.from(collections, ([collectionId, readySegmentIds]) => ({ collectionId, readySegmentIds })),
    }),
  ]);
  return new Map(statuses);
}

/** A reader that reports once and answers nothing. */
function reportingShard({ address, nodeId }: Member, status: NodeStatus | undefined): Shard {
  const report = status ?? NodeStatus.fromPartial({ nodeId, roles: ['reader'] });
  return {
    address,
    async *watchStatus(_request: unknown, signal: AbortSignal) {
      yield report;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    [Symbol.asyncDispose]: async () => {},
  } as Partial<Shard> as Shard;
}

/** After a collection of garbage where Node was started with `--expose-gc`. */
function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MEGABYTE;
}
