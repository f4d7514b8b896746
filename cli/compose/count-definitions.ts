import type { CallReport } from '../../router/api/call-report.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

const VERBS: Readonly<Record<string, string>> = {
  create: 'Create',
  drop: 'Drop',
  has: 'Has',
  describe: 'Describe',
  list: 'Show',
  alter: 'Alter',
  rename: 'Rename',
  alter_properties: 'Alter',
};

const THINGS = [
  ['databases', 'Database'],
  ['collections', 'Collection'],
  ['partitions', 'Partition'],
  ['aliases', 'Alias'],
] as const;

/** Milvus' name of the function by the name of the call: gRPC's are the same, those of REST are paths. */
const DEFINITIONS: ReadonlyMap<string, string> = new Map(
  THINGS.flatMap(([path, thing]) =>
    Object.entries(VERBS).flatMap(([verb, name]): [string, string][] => {
      const plural = thing === 'Alias' ? 'Aliases' : `${thing}s`;
      const own = verb === 'list' && path !== 'collections' && path !== 'partitions' ? `List${plural}` : undefined;
      const fullName = own ?? (verb === 'list' ? `Show${plural}` : `${name}${thing}`);
      return [
        [fullName, fullName],
        [`${path}/${verb}`, fullName],
      ];
    }),
  ),
);

const LOADS = new Set(['LoadCollection', 'LoadPartitions', 'collections/load', 'partitions/load']);
const RELEASES = new Set(['ReleaseCollection', 'ReleasePartitions', 'collections/release', 'partitions/release']);

/** What Milvus' coordinators count of requests. They are rare. */
export function countDefinition(metrics: Metrics, { method, durationMs, code }: CallReport): void {
  const outcomes = ['total', code === 0 ? 'success' : 'fail'];
  const function_name = DEFINITIONS.get(method);
  if (function_name) {
    for (const status of outcomes) metrics.definitionRequests.inc({ function_name, status });
    metrics.definitionLatencyMs.observe({ function_name }, durationMs);
  } else if (LOADS.has(method)) {
    for (const status of outcomes) metrics.loadRequests.inc({ status });
  } else if (RELEASES.has(method)) {
    for (const status of outcomes) metrics.releaseRequests.inc({ status });
    metrics.releaseLatencyMs.observe(durationMs);
  }
}
