import { BraidError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import type { HealthOutput, NodeHealth } from '../../operations/status/health.ts';
import { nodeNumber } from '../node-number.ts';
import type { ServerInfo } from '../server-info.ts';

/** Milvus' names for what our nodes do. A writer is all of the coordinators, and what writes. */
const TYPES_OF_ROLE = {
  router: ['proxy'],
  writer: ['rootcoord', 'datacoord', 'querycoord', 'datanode'],
  reader: ['querynode'],
} as const;

/**
 * The document that GetMetrics answers `{"metric_type":"system_info"}` with, as far as tools read it (Attu wants a `rootcoord` with version and deploy mode).
 * What we do not measure is 0. Throws `parameterInvalid` for other kinds of metrics.
 */
export function systemInfo(request: string, info: ServerInfo, health: HealthOutput): object {
  const metricType = (parseJson(request) as { metric_type?: unknown } | null)?.metric_type;
  if (metricType !== 'system_info') {
    throw new BraidError('parameterInvalid', `metric_type ${String(metricType)} is not known: only system_info is`);
  }
  const entries = health.nodes.flatMap((node) => entriesOf(node, info));
  // Tools read version and mode of the rootcoord: there is one, also while no writer is known.
  const hasWriter = health.nodes.some(({ roles }) => roles.includes('writer'));
  return { nodes_info: hasWriter ? entries : [...entriesOf(NO_WRITER, info), ...entries] };
}

const NO_WRITER: NodeHealth = { nodeId: 'writer', address: '', roles: ['writer'], healthy: false, memoryBytes: 0 };

function entriesOf(node: NodeHealth, info: ServerInfo): object[] {
  return node.roles.flatMap((role) =>
    TYPES_OF_ROLE[role].map((type) => ({
      identifier: Number(nodeNumber(node.nodeId)),
      connected: [],
      infos: {
        has_error: !node.healthy,
        error_reason: node.healthy ? '' : 'does not answer',
        type,
        name: `${type}${nodeNumber(node.nodeId)}`,
        id: Number(nodeNumber(node.nodeId)),
        hardware_infos: {
          ip: node.address,
          cpu_core_count: 0,
          cpu_core_usage: 0,
          memory: node.memoryBytes,
          memory_usage: node.memoryBytes,
          disk: 0,
          disk_usage: 0,
        },
        system_info: {
          system_version: info.gitCommit,
          deploy_mode: info.deployMode,
          build_version: info.version,
          build_time: info.buildTime,
          used_go_version: '',
        },
        created_time: '',
        updated_time: '',
        system_configurations: {},
      },
    })),
  );
}
