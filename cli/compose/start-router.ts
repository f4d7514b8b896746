import type { Config } from '../../config/config.ts';
import { ROOT_PASSWORD_DEFAULT, ROOT_USER } from '../../core/access/access-records.ts';
import { isPasswordOf } from '../../core/access/password-hash.ts';
import { systemClock } from '../../core/clock.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { AccessGate } from '../../router/api/access/access-gate.ts';
import type { AccessSource } from '../../router/api/access/access-source.ts';
import { Authenticator } from '../../router/api/access/authenticator.ts';
import { openPublicServer } from '../../router/api/public-server.ts';
import type { ServerInfo } from '../../router/api/server-info.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import { openCluster } from '../../router/cluster/open-cluster.ts';
import { createOperations, type Operations } from '../../router/operations/operations.ts';
import { SlowQueries } from '../../telemetry/log/slow-queries.ts';
import { callObserver, openAccessLog } from './call-observer.ts';
import { routerMetrics } from './observers.ts';
import type { ProcessParts } from './process-parts.ts';
import { sampleRouter } from './sample-gauges.ts';
import type { ServerTls } from './server-tls.ts';

export interface StartedRouter {
  readonly cluster: Cluster;
  readonly slowQueries: SlowQueries;
  readonly operations: Operations;
  /** Undefined: authentication is off. */
  readonly gate: AccessGate | undefined;
  /** host:port of the Milvus API. */
  readonly address: string;
}

/** `tls`: undefined: clients are served in clear. */
export async function startRouter(
  parts: ProcessParts,
  stack: AsyncDisposableStack,
  tls: ServerTls | undefined,
): Promise<StartedRouter> {
  const { config, metadata, routing, discovery, connections, logger, tracing } = parts;
  const cluster = stack.use(
    await openCluster({
      discovery,
      routing,
      metadata,
      cache: parts.cache!,
      resultCacheMs: config.router.resultCacheMs,
      connect: (member) => connections.connect(member.address),
      tracer: tracing.tracer,
      metrics: routerMetrics(parts),
      logger,
      clock: systemClock,
      ...(config.node.zone && { zone: config.node.zone }),
    }),
  );
  tracing.held.onKept((traceId, nodes) => cluster.nodeSpans.keep(traceId, nodes));
  const slowQueries = new SlowQueries(config.telemetry.slowQueryMs);
  const accessLog = openAccessLog(config, logger);
  if (accessLog) stack.use(accessLog);
  sampleRouter(parts.metrics, cluster);
  const operations = createOperations(cluster);
  const gate = config.security.authorizationEnabled ? openGate(cluster) : undefined;
  if (gate) void warnOfDefaultPassword(cluster, logger);
  const server = stack.use(
    await openPublicServer({
      operations,
      host: config.router.host,
      port: config.router.port,
      info: serverInfo(config),
      limits: {
        connectionsMax: config.router.connectionsMax,
        callMs: config.router.callMs,
        closeMs: config.shutdownMs,
      },
      logger,
      tracer: tracing.tracer,
      observer: callObserver(parts, { slowQueries, accessLog }),
      clock: systemClock,
      ...(gate && { gate }),
      ...(tls && { createSocketServer: (onSocket) => tls.createSocketServer(onSocket) }),
    }),
  );
  return { cluster, operations, gate, slowQueries, address: `${config.router.host}:${server.port}` };
}

/** Users and roles as new as this router's catalog; before somebody is refused, the store is asked. */
function openGate(cluster: Cluster): AccessGate {
  const { access, catalog } = cluster;
  access.follow();
  const source: AccessSource = {
    get current() {
      return access.current;
    },
    refresh: async () => {
      await catalog.refresh().catch(() => {});
      await access.read();
    },
  };
  return new AccessGate({
    authenticator: new Authenticator({ source, clock: systemClock }),
    collections: {
      nameOf: (database, name) => catalog.current.findCollection(database, name)?.name,
      placeOf: (id) => {
        const found = catalog.current.findCollectionById(id);
        return found && { database: catalog.current.databaseById(found.databaseId).name, name: found.name };
      },
    },
  });
}

/** Milvus' default is known to everybody. A password that cannot be looked at now is not warned of. */
async function warnOfDefaultPassword({ access }: Cluster, logger: PluginLogger): Promise<void> {
  const records = await access.read().catch(() => undefined);
  const root = records?.users.find(({ name }) => name === ROOT_USER);
  if (!root || !(await isPasswordOf(root.passwordHash, ROOT_PASSWORD_DEFAULT))) return;
  logger.warn({ 'user.name': ROOT_USER }, 'the user root has the password that it has by default: change it');
}

/** The version is that of the API that is spoken: the newest line whose clients were tried. */
function serverInfo(config: Config): ServerInfo {
  return {
    version: 'v2.6.17',
    buildTime: '',
    gitCommit: '',
    deployMode: config.roles.length === 1 ? 'DISTRIBUTED' : 'STANDALONE',
  };
}
