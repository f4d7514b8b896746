import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { BraidError } from '../../core/errors.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost, PluginKind, PluginKinds } from '../../plugins/plugin.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { logLevelPage } from '../../telemetry/log/logger.ts';
import { type ManagementCall, ManagementServer } from '../../telemetry/management-server.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openTracing, type TracingOptions } from '../../telemetry/tracing.ts';
import { programInfo } from '../program-info.ts';
import { serviceNameOf } from '../service-name.ts';
import { advertisedAddress } from './advertised-address.ts';
import { consoleCalls, consoleSite } from './console-calls.ts';
import { openMetadataLate } from './late-metadata.ts';
import { ManagementAccess } from './management-access.ts';
import { NodeConnections } from './node-connections.ts';
import { observeCache } from './observe-cache.ts';
import { observeDependency } from './observe-dependency.ts';
import { observeThreadPool } from './observe-thread-pool.ts';
import { decodeObserver } from './observers.ts';
import { isAlone, LOCAL_READER, LOCAL_WRITER, OwnMembers } from './own-members.ts';
import type { ProcessParts } from './process-parts.ts';
import { serveNode } from './serve-node.ts';
import { ServerTls } from './server-tls.ts';
import { startReader } from './start-reader.ts';
import { startRouter } from './start-router.ts';
import { startWriter } from './start-writer.ts';
import type { StartedNode } from './started-node.ts';
import { statusPages } from './status-pages.ts';

export interface ProcessHost {
  readonly nodeId: string;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
}

/** A running process. Disposing it drains: the API first, then the nodes, then what they stand on. */
export interface StartedProcess extends AsyncDisposable {
  /** host:port of the Milvus API, if this process is a router. */
  readonly apiAddress: string | undefined;
  /** host:port of the node protocol, if other processes reach a node here. */
  readonly nodeAddress: string | undefined;
  readonly managementPort: number;
}

/** Puts the rooms together: opens the plugins, starts the roles of this process, and serves them. */
export async function startProcess(config: Config, host: ProcessHost): Promise<StartedProcess> {
  await using stack = new AsyncDisposableStack();
  const unready = new Set<string>(config.roles);
  const nodes: StartedNode<Shard>[] = [];
  const metrics = createMetrics(host.nodeId);
  const pages = new Map<string, (query: URLSearchParams) => unknown>([['/log/level', () => logLevelPage(host.logger)]]);
  const calls = new Map<string, ManagementCall>();
  const tls = await ServerTls.open(config, host.logger);
  if (tls) stack.use(tls);
  const managementTls = config.security.tls.management ? tls : undefined;
  const access = openAccess(config, managementTls !== undefined);
  const management = stack.use(
    await ManagementServer.listen({
      ...config.management,
      registry: metrics.registry,
      unhealthy: () => [
        ...[...unready].map((role) => `${role} is not ready`),
        ...nodes.flatMap((node) => node.unready()),
      ],
      pages,
      changes: new Map([['/log/level', (body) => logLevelPage(host.logger, body)]]),
      calls,
      site: consoleSite(),
      ...(access && { guard: access }),
      ...(managementTls && { createHttpServer: (handler) => managementTls.createHttpServer(handler) }),
    }),
  );
  const parts = await openParts(config, host, metrics, stack);
  access?.open(parts.metadata);
  const served = await startNodes(parts, nodes, unready, stack);
  const router = config.roles.includes('router') ? await startRouter(parts, stack, tls) : undefined;
  unready.delete('router');
  for (const [path, page] of statusPages(parts, router?.cluster)) pages.set(path, page);
  if (router) pages.set('/slow-queries', () => router.slowQueries.page());
  if (router) for (const [path, call] of consoleCalls(parts, router)) calls.set(path, call);
  const kept = stack.move();
  return {
    apiAddress: router?.address,
    nodeAddress: served?.address,
    managementPort: management.port,
    [Symbol.asyncDispose]: async () => {
      for (const role of config.roles) unready.add(role);
      await (served ? served.leave() : sleep(config.drainMs));
      await kept.disposeAsync();
    },
  };
}

/** Undefined where everybody may do everything. */
function openAccess({ security }: Config, isSecure: boolean): ManagementAccess | undefined {
  if (!security.authorizationEnabled) return undefined;
  return new ManagementAccess({ guardsMetrics: security.metricsGuarded, isSecure });
}

async function openParts(
  config: Config,
  { nodeId, logger, onFatal }: ProcessHost,
  metrics: ProcessParts['metrics'],
  stack: AsyncDisposableStack,
): Promise<ProcessParts> {
  const stopping = new AbortController();
  const { dataFolder, configFolder } = config;
  const pluginHost: PluginHost = { logger, dataFolder, configFolder, signal: stopping.signal };
  const openWithin = <Kind extends PluginKind>(kind: Kind): Promise<PluginKinds[Kind]> =>
    openPlugin(kind, config[kind], pluginHost, config.pluginOpenMs);
  const open = async <Kind extends PluginKind>(kind: Kind): Promise<PluginKinds[Kind]> =>
    stack.use(await openWithin(kind));
  const isRouter = config.roles.includes('router');
  const { exporter } = await open('tracing');
  const tracing = stack.use(
    openTracing({
      exporter,
      serviceName: serviceNameOf(config),
      instanceId: nodeId,
      sampleRatio: config.telemetry.traceSampleRatio,
      tail: tailRules(config),
    }),
  );
  const cache = isRouter || config.roles.includes('writer') ? observeCache(await open('cache'), metrics) : undefined;
  const openMetadata = async () => observeDependency('metadata', await openWithin('metadata'), metrics);
  const isLate = cache?.shared && isRouter && config.roles.length === 1;
  const metadataStore = isLate ? undefined : stack.use(await openMetadata());
  const metadata = metadataStore ?? stack.use(await openMetadataLate(openMetadata, logger, stopping.signal));
  const storage = observeDependency('storage', await open('storage'), metrics);
  const routing = await open('routing');
  const discovery = isAlone(config) ? stack.use(new OwnMembers()) : await open('discovery');
  const connections = stack.use(new NodeConnections(decodeObserver(metrics)));
  stack.use(observeThreadPool(metrics));
  // Disposed first of all of these: what waits must end before what it waits for is closed.
  stack.defer(() => stopping.abort());
  return {
    config,
    nodeId,
    program: programInfo(),
    logger,
    onFatal,
    metrics,
    tracing,
    metadata,
    metadataStore,
    cache,
    storage,
    routing,
    discovery,
    connections,
    signal: stopping.signal,
    openLog: () => open('log'),
  };
}

interface ServedNode {
  readonly address: string;
  /** See serveNode. */
  readonly leave: () => Promise<void>;
}

/** Starts the nodes of this process and, where other processes should reach one, serves it. */
async function startNodes(
  parts: ProcessParts,
  nodes: StartedNode<Shard>[],
  unready: Set<string>,
  stack: AsyncDisposableStack,
): Promise<ServedNode | undefined> {
  const { config, nodeId, connections } = parts;
  const isLocal = isAlone(config);
  const hasWriter = config.roles.includes('writer');
  const hasReader = config.roles.includes('reader');
  if (hasWriter && hasReader && !isLocal) {
    throw new BraidError(
      'parameterInvalid',
      'writer and reader of a cluster are processes of their own: give each one role',
    );
  }
  const announces = !isLocal && (hasWriter || hasReader) && parts.discovery.announce !== undefined;
  const address = advertisedAddress(config.node, announces);
  const { zone, weight, labels } = config.node;
  const self = { nodeId, address, roles: config.roles, weight, labels, ...(zone && { zone }) };
  const add = (role: string, node: StartedNode<Shard>): void => {
    nodes.push(node);
    connections.addLocal(node.shard);
    unready.delete(role);
  };
  if (hasWriter) add('writer', await startWriter(parts, isLocal ? LOCAL_WRITER : address, stack));
  if (hasReader) add('reader', await startReader(parts, isLocal ? { ...self, address: LOCAL_READER } : self, stack));
  const [node] = nodes;
  if (!node || isLocal) return undefined;
  return { address, leave: await serveNode(parts, node, self, stack) };
}

function tailRules({ telemetry }: Config): TracingOptions['tail'] {
  const { traceErrors: errors, traceSlowMs: slowMs } = telemetry;
  return errors || slowMs > 0 ? { errors, slowMs } : undefined;
}
