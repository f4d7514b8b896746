import type { Clock } from '../../../../core/clock.ts';
import { composeTimestamp } from '../../../../core/timestamps.ts';
import { StateCode } from '../../../../proto/generated/milvus/common.ts';
import {
  AllocTimestampResponse,
  CheckHealthResponse,
  ComponentStates,
  ConnectResponse,
  GetMetricsResponse,
  GetVersionResponse,
} from '../../../../proto/generated/milvus/connection.ts';
import type { Operations } from '../../../operations/operations.ts';
import { nodeNumber } from '../../node-number.ts';
import type { ServerInfo } from '../../server-info.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';
import { systemInfo } from '../system-info.ts';

/** The handshake, and how the server is. */
export function connectionHandlers(operations: Operations, info: ServerInfo, clock: Clock) {
  const nextIdentifier = identifiers(clock);
  return {
    /** Connecting to a database that does not exist fails. `default` always exists: connecting works while nothing else does. */
    connect: async (_request, context) => {
      if (context.database !== 'default') await operations.describeDatabase(context, { name: context.database });
      return ConnectResponse.create({
        status: SUCCESS,
        serverInfo: {
          buildTags: info.version,
          buildTime: info.buildTime,
          gitCommit: info.gitCommit,
          goVersion: '',
          deployMode: info.deployMode,
        },
        identifier: nextIdentifier(),
      });
    },

    getVersion: () => GetVersionResponse.create({ status: SUCCESS, version: info.version }),

    checkHealth: async (_request, context) => {
      const { healthy, reasons } = await operations.health(context);
      return CheckHealthResponse.create({ status: SUCCESS, isHealthy: healthy, reasons: [...reasons] });
    },

    getComponentStates: async (_request, context) => {
      const { healthy, nodes } = await operations.health(context);
      return ComponentStates.create({
        status: SUCCESS,
        state: { role: 'proxy', stateCode: stateOf(healthy) },
        subcomponentStates: nodes.map((node) => ({
          nodeID: nodeNumber(node.nodeId),
          role: node.roles.join(','),
          stateCode: stateOf(node.healthy),
        })),
      });
    },

    getMetrics: async ({ request }, context) => {
      const response = JSON.stringify(systemInfo(request, info, await operations.health(context)));
      return GetMetricsResponse.create({ status: SUCCESS, response, componentName: 'proxy' });
    },

    allocTimestamp: async (_request, context) =>
      AllocTimestampResponse.create({ status: SUCCESS, timestamp: await operations.allocTimestamp(context) }),
  } satisfies Handlers;
}

function stateOf(healthy: boolean): StateCode {
  return healthy ? StateCode.Healthy : StateCode.Abnormal;
}

/** Numbers for clients, growing with time as Milvus' do; unique in one router. */
function identifiers(clock: Clock): () => bigint {
  let last = 0n;
  return () => {
    const now = composeTimestamp(clock.nowMs());
    last = now > last ? now : last + 1n;
    return last;
  };
}
