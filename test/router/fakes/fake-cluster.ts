import { ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { ConsistencyLevel } from '../../../core/catalog.ts';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { Cache } from '../../../plugins/cache/cache.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import type { RoutingStrategy } from '../../../plugins/routing/routing.ts';
import type { Cluster } from '../../../router/cluster/cluster.ts';
import { openCluster } from '../../../router/cluster/open-cluster.ts';
import { type RouterMetrics, silentMetrics } from '../../../router/cluster/router-metrics.ts';
import type { RouterLimits } from '../../../router/limits.ts';
import { CallNotes } from '../../../router/operations/call-notes.ts';
import { createOperations, type Operations } from '../../../router/operations/operations.ts';
import type { QueryInput } from '../../../router/operations/reads/query.ts';
import type { ReadConsistency } from '../../../router/operations/reads/read-consistency.ts';
import type { SearchInput } from '../../../router/operations/reads/search.ts';
import type { RequestContext } from '../../../router/operations/request-context.ts';
import { PushedDiscovery } from '../../../sim/pushed-discovery.ts';
import { noCache } from './fake-cache.ts';
import { FakeNode } from './fake-node.ts';
import { FakeWorld } from './fake-world.ts';

/** Segment s belongs to member s % n, then to the ones after it: a test can tell who owns what. */
export const rotation: RoutingStrategy = {
  name: 'rotation',
  place({ segments, members }) {
    const sorted = [...members].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
    return new Map(segments.map(({ id }) => [id, sorted.map((_, i) => sorted[(id + i) % sorted.length]!)]));
  },
  explain: () => ({ strategy: 'fake' }),
  [Symbol.asyncDispose]: async () => {},
};

const silentLogger: PluginLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface FakeClusterOptions {
  readonly readerCount?: number;
  readonly limits?: Partial<RouterLimits>;
  readonly metrics?: RouterMetrics;
  readonly tracer?: Tracer;
  readonly world?: FakeWorld;
  /** What these routers share; nothing by default. */
  readonly cache?: Cache;
  readonly resultCacheMs?: number;
  readonly clock?: Clock;
  /** `rotation` by default. */
  readonly routing?: RoutingStrategy;
}

/** One writer `writer`, readers `reader0`, `reader1`, ..., and a router on them. */
export class FakeCluster implements AsyncDisposable {
  readonly world: FakeWorld;
  readonly discovery = new PushedDiscovery();
  readonly writer: FakeNode;
  readonly readers: FakeNode[];
  readonly nodes = new Map<string, FakeNode>();
  #cluster: (Cluster & AsyncDisposable) | undefined;
  #operations: Operations | undefined;

  private constructor(world: FakeWorld, readerCount: number) {
    this.world = world;
    this.writer = this.addNode(new FakeNode(world, 'writer', ['writer']));
    this.readers = Array.from({ length: readerCount }, (_, i) =>
      this.addNode(new FakeNode(world, `reader${i}`, ['reader'])),
    );
  }

  static async open(options: FakeClusterOptions = {}): Promise<FakeCluster> {
    const world = options.world ?? new FakeWorld();
    const fake = new FakeCluster(world, options.readerCount ?? 2);
    fake.announce();
    fake.#cluster = await openCluster({
      discovery: fake.discovery,
      routing: options.routing ?? rotation,
      metadata: world,
      cache: options.cache ?? noCache,
      resultCacheMs: options.resultCacheMs ?? 0,
      connect: (member) => fake.nodes.get(member.nodeId)!,
      tracer: options.tracer ?? trace.getTracer('test'),
      metrics: options.metrics ?? silentMetrics,
      logger: silentLogger,
      clock: options.clock ?? systemClock,
      limits: {
        catalogPollMs: 50,
        statusSilenceMsMax: 400,
        reconnectDelayMsMin: 10,
        reconnectDelayMsMax: 50,
        startupWaitMsMax: 500,
        leaveGraceMs: 0,
        ...options.limits,
      },
    });
    fake.#operations = createOperations(fake.#cluster);
    return fake;
  }

  get cluster(): Cluster {
    return this.#cluster!;
  }

  get operations(): Operations {
    return this.#operations!;
  }

  addNode(node: FakeNode): FakeNode {
    this.nodes.set(node.nodeId, node);
    return node;
  }

  announce(...without: FakeNode[]): void {
    this.discovery.push([...this.nodes.values()].filter((node) => !without.includes(node)).map((node) => node.member));
  }

  /** Everybody has told and read everything. */
  async settle(): Promise<void> {
    for (const node of this.nodes.values()) node.report();
    await eventually(() => this.cluster.catalog.current.version === this.world.version);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster?.[Symbol.asyncDispose]();
  }
}

export function requestContext(change: Partial<RequestContext> & { readonly timeoutMs?: number } = {}): RequestContext {
  return {
    database: 'default',
    requestId: 'test',
    deadlineMs: performance.now() + (change.timeoutMs ?? 5_000),
    signal: new AbortController().signal,
    trace: ROOT_CONTEXT,
    principal: undefined,
    notes: new CallNotes(),
    ...change,
  };
}

export const BOUNDED: ReadConsistency = { useDefault: false, level: ConsistencyLevel.Bounded, guaranteeTimestamp: 0n };
export const EVENTUALLY: ReadConsistency = {
  useDefault: false,
  level: ConsistencyLevel.Eventually,
  guaranteeTimestamp: 0n,
};
export const STRONG: ReadConsistency = { useDefault: false, level: ConsistencyLevel.Strong, guaranteeTimestamp: 0n };

export function sessionAt(timestamp: bigint): ReadConsistency {
  return { useDefault: false, level: ConsistencyLevel.Session, guaranteeTimestamp: timestamp };
}

/** A search at (x, 0). */
export function searchInput(
  x: number,
  change: Partial<SearchInput> & { readonly topk?: number; readonly more?: Readonly<Record<string, string>> } = {},
): SearchInput {
  const { topk = 3, more = {}, ...rest } = change;
  return {
    collection: 'things',
    partitions: [],
    filter: '',
    templates: undefined,
    queries: vectors([[x, 0]]),
    parameters: new Map(
      Object.entries({ anns_field: 'vector', topk: String(topk), metric_type: 'L2', params: '{}', ...more }),
    ),
    outputFields: [],
    consistency: BOUNDED,
    functionScore: undefined,
    unsupported: [],
    ...rest,
  };
}

export function vectors(rows: readonly (readonly number[])[]): SearchInput['queries'] {
  const floats = Float32Array.from(rows.flat());
  return {
    kind: 'vectors',
    dataType: DataType.FloatVector,
    data: new Uint8Array(floats.buffer),
    queryCount: rows.length,
  };
}

export function queryInput(
  filter: string,
  change: Partial<QueryInput> & { readonly more?: Readonly<Record<string, string>> } = {},
): QueryInput {
  const { more = {}, ...rest } = change;
  return {
    collection: 'things',
    partitions: [],
    filter,
    templates: undefined,
    keys: undefined,
    outputFields: ['id'],
    parameters: new Map(Object.entries(more)),
    consistency: BOUNDED,
    ...rest,
  };
}

/** Waits until it is so; fails the test after two seconds. */
export async function eventually(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 2_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not come about in two seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
