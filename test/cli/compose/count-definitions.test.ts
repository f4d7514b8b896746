import { expect, test } from 'vitest';
import { countDefinition } from '../../../cli/compose/count-definitions.ts';
import type { CallReport } from '../../../router/api/call-report.ts';
import { createMetrics } from '../../../telemetry/metrics.ts';

async function countsOf(method: string, code = 0): Promise<string[]> {
  const metrics = createMetrics('node-1');
  countDefinition(metrics, { method, durationMs: 3, code } as CallReport);
  const text = await metrics.registry.metrics();
  const lines = text.split('\n').filter((line) => /_req_count\{.*\} [1-9]/.test(line));
  return lines.map((line) => line.replace(/,?node_id="node-1"/, '')).sort();
}

test.each([
  ['CreateCollection', 'collections/create', 'CreateCollection'],
  ['ShowCollections', 'collections/list', 'ShowCollections'],
  ['ShowPartitions', 'partitions/list', 'ShowPartitions'],
  ['AlterCollection', 'collections/alter_properties', 'AlterCollection'],
  ['ListDatabases', 'databases/list', 'ListDatabases'],
  ['ListAliases', 'aliases/list', 'ListAliases'],
  ['DropAlias', 'aliases/drop', 'DropAlias'],
])("%s and %s are one of the coordinator's functions", async (rpc, path, name) => {
  const counted = (status: string) => `milvus_rootcoord_ddl_req_count{function_name="${name}",status="${status}"} 1`;
  expect(await countsOf(rpc)).toEqual([counted('success'), counted('total')]);
  expect(await countsOf(path, 100)).toEqual([counted('fail'), counted('total')]);
});

test('loads and releases are counted by themselves, reads not at all', async () => {
  const counted = (what: string, status: string) => `milvus_querycoord_${what}_req_count{status="${status}"} 1`;
  expect(await countsOf('LoadPartitions')).toEqual([counted('load', 'success'), counted('load', 'total')]);
  expect(await countsOf('collections/release')).toEqual([counted('release', 'success'), counted('release', 'total')]);
  expect(await countsOf('Search')).toEqual([]);
});
