import type { Context } from '@opentelemetry/api';
import type { CollectionRecord } from '../../../core/catalog.ts';
import { type Expiry, expiryAt } from '../../../core/schema/expiry.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Deadline } from '../../cluster/deadline.ts';
import type { Route } from '../../cluster/placement.ts';
import type { Answer, ReadResponse } from '../../cluster/scatter.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import type { RequestContext } from '../request-context.ts';
import type { ReadTarget } from './plan-read.ts';
import type { ReadConsistency } from './read-consistency.ts';
import { type Guarantee, isEventual, resolveGuarantee } from './resolve-guarantee.ts';
import type { SeenUntil } from './seen-until.ts';

/** What the parts of one read share. */
export interface ReadRun {
  readonly context: RequestContext;
  readonly deadline: Deadline;
  /** The span of the whole operation. */
  readonly trace: Context;
  /** The second time, see read-twice.ts. */
  readonly isRepeated: boolean;
  /** Told of the answers of every node, where somebody wants to know what they have seen. */
  readonly seen?: SeenUntil;
}

export interface Routing {
  readonly route: Route;
  readonly guarantee: Guarantee;
}

/** Where the read goes and what it must have seen. */
export async function getRouting(
  cluster: Cluster,
  target: ReadTarget,
  consistency: ReadConsistency,
  run: ReadRun,
): Promise<Routing> {
  const { span, context: below } = openSpan(cluster.tracer, 'get_routing', run.trace);
  const origin = span.isRecording() ? { ...run.context, trace: below } : run.context;
  const { notes } = run.context;
  const startedMs = performance.now();
  try {
    const { collection, partitionIds } = target;
    const { members } = cluster;
    if (!members.writer() && !isEventual(cluster, collection, consistency)) await members.awaitWriter(run.context);
    const route = await cluster.views.route(collection, {
      partitionIds,
      newest: run.isRepeated || members.writer() === undefined,
    });
    const guarantee = await resolveGuarantee(cluster, origin, collection, consistency, route);
    span.end();
    notes.routed(route.view.version, route.segmentCount);
    notes.phase('get_routing', startedMs);
    return { route, guarantee };
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  }
}

/** Sends a read to all nodes of its route, below the span `do_search` or `do_query`. */
export async function scatterRead<Response extends ReadResponse>(
  cluster: Cluster,
  kind: 'search' | 'query' | 'termStatistics',
  target: ReadTarget,
  routing: Routing,
  run: ReadRun,
  invoke: Parameters<typeof cluster.scatter.run<Response>>[0]['invoke'],
): Promise<readonly Answer<Response>[]> {
  const { span, context: trace } = openSpan(cluster.tracer, `do_${kind}`, run.trace);
  const { notes } = run.context;
  const startedMs = performance.now();
  try {
    const answers = await cluster.scatter.run({
      kind,
      route: routing.route,
      collectionName: target.collection.name,
      schemaVersion: target.collection.schema.version,
      partitionIds: target.partitionIds ?? [],
      guarantee: routing.guarantee.deletes,
      rowsGuarantee: routing.guarantee.rows,
      expiry: expiryOf(cluster, target.collection),
      deadline: run.deadline,
      trace,
      invoke,
      notes,
    });
    run.seen?.take(answers);
    if (span.isRecording()) {
      const { segmentCount } = routing.route;
      span.setAttributes({ collection: target.collection.name, segments: segmentCount, nodes: answers.length });
    }
    span.end();
    return answers;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  } finally {
    notes.phase(`do_${kind}`, startedMs);
  }
}

/** In steps, so that nodes can keep what follows from it. */
function expiryOf(cluster: Cluster, collection: CollectionRecord): Expiry {
  const { expiryStepMs } = cluster.limits;
  return expiryAt(collection, Math.floor(cluster.clock.nowMs() / expiryStepMs) * expiryStepMs);
}

/** The snapshot that was read, as far as one timestamp can say: the writer's, else the oldest reader's. */
export function sessionTimestampOf(answers: readonly Answer<ReadResponse>[], collection: CollectionRecord): bigint {
  let oldest: bigint | undefined;
  for (const { isWriter, response } of answers) {
    const applied = response.state?.appliedTimestamp ?? 0n;
    if (isWriter) return applied;
    if (oldest === undefined || applied < oldest) oldest = applied;
  }
  return oldest ?? collection.createdTimestamp;
}
