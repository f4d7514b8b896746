import type { Context, Tracer } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { CallContext, ReadState, Scope } from '../../proto/generated/node.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import type { NodeCallNote } from '../../telemetry/log/slow-queries.ts';
import type { RouterLimits } from '../limits.ts';
import type { Deadline } from './deadline.ts';
import type { MemberHandle } from './member-handle.ts';
import type { Members } from './members.ts';
import type { Route } from './placement.ts';
import { RetryBudget } from './retry-budget.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { ScatterRun } from './scatter-run.ts';

export interface ScatterDependencies {
  readonly members: Members;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly metrics: RouterMetrics;
  readonly limits: RouterLimits;
  /** Where this router stands; undefined: calls prefer no zone. */
  readonly zone?: string;
}

/** One read of all rows of a route. */
export interface ScatterRequest<Response extends ReadResponse> {
  readonly kind: 'search' | 'query' | 'termStatistics';
  readonly route: Route;
  readonly collectionName: string;
  readonly schemaVersion: number;
  /** Empty: all partitions. */
  readonly partitionIds: readonly number[];
  /** Deletes up to here must be applied on every node that answers. */
  readonly guarantee: Timestamp;
  /** When no writer answers, readers alone may, if the view holds every row up to here. 0: always. */
  readonly rowsGuarantee: Timestamp;
  /** By the router's clock, so that all nodes agree. */
  readonly expiry: Expiry;
  readonly deadline: Deadline;
  readonly trace: Context;
  /** Told of every call of a node that ended. */
  readonly notes?: { called(call: NodeCallNote): void };
  /** Asks one node. The same closure serves readers and the writer. */
  readonly invoke: (shard: Shard, scope: Scope, context: CallContext, signal: AbortSignal) => Promise<Response>;
}

export interface ReadResponse {
  readonly state: ReadState | undefined;
}

export interface Answer<Response> {
  readonly handle: MemberHandle;
  readonly isWriter: boolean;
  readonly response: Response;
}

/**
 * Sends one read to every reader of a route and to the writer, in parallel, so that every row is covered exactly once, and resolves to all answers, or rejects with the first
 * error that cannot be mended. A failed reader's segments are asked once more, of the next members in the order of preference. A reader that was ahead of the
 * writer's answer (by the newest delete that it applied) makes the writer be asked once more, so that no upsert is seen half.
 */
export class Scatter {
  readonly dependencies: ScatterDependencies;
  readonly retryBudget: RetryBudget;

  constructor(dependencies: ScatterDependencies) {
    this.dependencies = dependencies;
    this.retryBudget = new RetryBudget(dependencies.limits.retryRatio, dependencies.limits.retryBurst);
  }

  run<Response extends ReadResponse>(request: ScatterRequest<Response>): Promise<readonly Answer<Response>[]> {
    return new ScatterRun(this, request).run();
  }
}
