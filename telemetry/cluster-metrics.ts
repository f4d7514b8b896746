import type { Registry } from 'prom-client';
import { sampledGauge } from './sampled-gauge.ts';

/** What a router sees of the cluster, told when the metrics are read. */
export function clusterMetrics(registers: Registry[]) {
  return {
    nodesSampled: sampledGauge(
      registers,
      'milvus_num_node',
      'Roles of this process, as Milvus calls them (proxy, mixcoord: the writer, querynode); the sum over all processes is the size of the cluster.',
      ['role_name'],
    ),
    readersSampled: sampledGauge(
      registers,
      'milvus_querycoord_querynode_num',
      'Readers that this router finds healthy. Every router tells it: take the maximum, not the sum.',
    ),
    membersSampled: sampledGauge(
      registers,
      'braid_router_members',
      'Members of the cluster as this router sees them, by role and health (new, healthy, draining, ejected, down).',
      ['role', 'health'],
    ),
    memberCallsSampled: sampledGauge(
      registers,
      'braid_router_member_calls_running',
      'Calls of this router to a member that are under way.',
      ['address'],
    ),
    catalogVersionSampled: sampledGauge(
      registers,
      'braid_catalog_version',
      'Version of the catalog that this process goes by; less than that of the writer: it is behind.',
      ['role'],
    ),
    staleViewsSampled: sampledGauge(
      registers,
      'braid_router_stale_views',
      'Collections in use of which this router has not yet read the newest view.',
    ),
  };
}
