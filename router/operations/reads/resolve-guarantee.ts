import { type CollectionRecord, ConsistencyLevel } from '../../../core/catalog.ts';
import { LIMITS } from '../../../core/limits.ts';
import {
  composeTimestamp,
  GUARANTEE_BOUNDED,
  GUARANTEE_EVENTUALLY,
  GUARANTEE_STRONG,
  type Timestamp,
} from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { CallOrigin } from '../../cluster/deadline.ts';
import type { Route } from '../../cluster/placement.ts';
import type { ReadConsistency } from './read-consistency.ts';

/** What a read's consistency comes to. */
export interface Guarantee {
  /** Deletes up to here must be applied where the read is answered. */
  readonly deletes: Timestamp;
  /** Inserts up to here must be seen: the writer has them all, so this only matters without one. */
  readonly rows: Timestamp;
}

export const STRONG: ReadConsistency = {
  useDefault: false,
  level: ConsistencyLevel.Strong,
  guaranteeTimestamp: GUARANTEE_STRONG,
};

/**
 * The rules of Milvus (internal/proxy/task_search.go). Strong, and any guarantee that some reader had not reached when it last reported, costs a call to the
 * writer: what readers must have applied is the collection's newest delete, which is nearly always older than the guarantee, so that nobody has to wait.
 */
export async function resolveGuarantee(
  cluster: Cluster,
  origin: CallOrigin,
  collection: CollectionRecord,
  consistency: ReadConsistency,
  route: Route,
): Promise<Guarantee> {
  const wanted = wantedTimestamp(cluster, collection, consistency);
  const hasWriter = cluster.members.writer() !== undefined;
  if (wanted === 'strong') {
    // The writer alone answers, and it has everything: no timestamp to wait for, but nobody else may answer for it.
    if (hasWriter && route.groups.length === 0) return { deletes: 0n, rows: MAX_TIMESTAMP };
    const { now, lastDelete } = await cluster.writer.timestamp(origin, collection.id);
    return { deletes: lastDelete, rows: now };
  }
  const { timestamp, isOwn } = wanted;
  const isReached = timestamp <= GUARANTEE_EVENTUALLY || readersReached(route, collection.id, timestamp);
  if (!hasWriter || isReached) return { deletes: timestamp, rows: timestamp };
  const { now, lastDelete } = await cluster.writer.timestamp(origin, collection.id);
  // A client's time that has not come yet is waited for; this router's clock may be ahead of the writer's, which means nothing.
  const isPast = isOwn || timestamp <= now;
  return { deletes: isPast && lastDelete < timestamp ? lastDelete : timestamp, rows: timestamp };
}

/** Whether the read wants what is there and waits for nobody. */
export function isEventual(cluster: Cluster, collection: CollectionRecord, consistency: ReadConsistency): boolean {
  const wanted = wantedTimestamp(cluster, collection, consistency);
  return wanted !== 'strong' && wanted.timestamp <= GUARANTEE_EVENTUALLY;
}

const MAX_TIMESTAMP: Timestamp = 2n ** 64n - 1n;

interface WantedTimestamp {
  readonly timestamp: Timestamp;
  /** By this router's clock, not the client's. */
  readonly isOwn: boolean;
}

/** The timestamp that the level comes to, or that it asks for the present. */
export function wantedTimestamp(
  cluster: Cluster,
  collection: CollectionRecord,
  consistency: ReadConsistency,
): WantedTimestamp | 'strong' {
  const { guaranteeTimestamp: given } = consistency;
  const level = consistency.useDefault ? collection.consistencyLevel : consistency.level;
  // Clients that do not know levels send 0 and say all in the timestamp.
  const saysByTimestamp = !consistency.useDefault && level === ConsistencyLevel.Strong && given !== GUARANTEE_STRONG;
  if (level === ConsistencyLevel.Bounded || (saysByTimestamp && given === GUARANTEE_BOUNDED)) {
    return { timestamp: composeTimestamp(cluster.clock.nowMs() - LIMITS.gracefulTimeMs), isOwn: true };
  }
  if (level === ConsistencyLevel.Strong && !saysByTimestamp) return 'strong';
  const isEventual = level === ConsistencyLevel.Eventually || given === GUARANTEE_EVENTUALLY;
  return { timestamp: isEventual ? 0n : given, isOwn: false };
}

function readersReached(route: Route, collectionId: number, wanted: Timestamp): boolean {
  return route.groups.every((group) => group.owners.every((owner) => owner.appliedTimestamp(collectionId) >= wanted));
}
