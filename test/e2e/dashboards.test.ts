import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';
import { alerts, dashboards, labelValues, RULES, withVariables } from '../docker/dashboards.ts';
import { missingPrometheus, Prometheus } from '../servers/prometheus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { post } from './rest-client.ts';

const DIM = 8;
const COLLECTION = 'watched';
const ROWS = 200;

describe.runIf(mayRunWith('Prometheus', missingPrometheus()))('a cluster in a real Prometheus', () => {
  test('no panel is empty after a small load, every alert can be evaluated, exemplars name traces', async () => {
    const telemetry = { traceSampleRatio: 1, slowQueryMs: 0 };
    const tracing = { use: 'console' };
    await using braid = await DEPLOYMENTS[1]!.start({ tracing, telemetry });
    const targets = braid.processes.started.map(({ managementPort }) => `127.0.0.1:${managementPort}`);
    await using prometheus = await Prometheus.start(targets, [RULES]);
    const client = await braid.client();
    await createCollection(client, COLLECTION);
    await createCollection(client, 'released');
    await client.releaseCollection({ collection_name: 'released' });
    let round = 0;
    // Each query once more until it gives something: rates need two readings, and some of what is counted takes its time.
    let empty = dashboards().flatMap((dashboard) =>
      dashboard.panels.flatMap((panel) =>
        panel.targets.map(({ expr }) => ({
          panel: `${dashboard.title}: ${panel.title}`,
          query: withVariables(expr, dashboard),
        })),
      ),
    );
    const emptyPanels = async (): Promise<typeof empty> => {
      await load(client, braid.address, round++);
      const given = await Promise.all(empty.map(({ query }) => prometheus.query(query)));
      empty = empty.filter((_, i) => !given[i]!.some(({ value }) => Number.isFinite(Number(value[1]))));
      return empty;
    };
    await expect.poll(emptyPanels, { timeout: 200_000, interval: 500 }).toEqual([]);
    expect(await emptyVariables(prometheus)).toEqual([]);
    expect(await silentMetrics(prometheus)).toEqual([]);
    const up = await prometheus.query('up{job="braid"} == 1');
    expect(up).toHaveLength(targets.length);
    const { groups } = (await prometheus.get('rules')) as {
      readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
    };
    const evaluated = groups.flatMap(({ rules }) => rules);
    expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(evaluated.map(({ name }) => name).sort()).toEqual(
      alerts()
        .map(({ alert }) => alert)
        .sort(),
    );
    await expect
      .poll(async () => (await exemplars(prometheus)).filter((id) => /^[0-9a-f]{32}$/.test(id)).length, {
        timeout: 30_000,
      })
      .toBeGreaterThan(0);
  }, 300_000);
});

/** Variables that nothing can be chosen for. */
async function emptyVariables(prometheus: Prometheus): Promise<string[]> {
  const variables = dashboards().flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query'));
  const empty: string[] = [];
  for (const variable of variables) {
    const { metric, label } = labelValues(variable);
    const values = (await prometheus.get(`label/${label}/values`, { 'match[]': metric })) as readonly string[];
    if (values.filter((value) => value !== '').length === 0) empty.push(variable.query);
  }
  return empty;
}

/** What needs a fault, a setting or other calls than those of this load before it has a series. */
const MAY_BE_SILENT = new Set([
  // Without a cache to read.
  'braid_cache_latency',
  'braid_cache_reads_total',
  'braid_router_result_cache_total',
  // Nothing fails, and nobody is late.
  'braid_dependency_failures_total',
  'braid_nodejs_active_requests',
  'braid_router_ejections_total',
  'braid_router_hedges_total',
  'braid_router_retries_total',
  // There is not enough to merge, and nobody signs in.
  'milvus_datanode_compaction_latency',
  'milvus_proxy_user_rpc_count',
]);

/** Metrics that the code registers and no process has a series of. */
async function silentMetrics(prometheus: Prometheus): Promise<string[]> {
  const names = new Set((await prometheus.get('label/__name__/values')) as readonly string[]);
  const registered = createMetrics('node').registry.getMetricsAsArray() as unknown as readonly {
    readonly name: string;
  }[];
  return registered
    .map(({ name }) => name)
    .filter((name) => !names.has(name) && !names.has(`${name}_count`) && !MAY_BE_SILENT.has(name));
}

async function exemplars(prometheus: Prometheus): Promise<readonly string[]> {
  const now = Date.now() / 1000;
  const parameters = { query: 'milvus_proxy_sq_latency_bucket', start: `${now - 600}`, end: `${now + 60}` };
  const series = (await prometheus.get('query_exemplars', parameters)) as readonly {
    readonly exemplars: readonly { readonly labels: { readonly trace_id: string } }[];
  }[];
  return series.flatMap((one) => one.exemplars.map(({ labels }) => labels.trace_id));
}

async function createCollection(client: MilvusClient, name: string): Promise<void> {
  await client.createCollection({
    collection_name: name,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
    index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: name });
}

/** A little of everything: rows come and go, are sealed and found. */
async function load(client: MilvusClient, address: string, round: number): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, i) => ({ id: round * ROWS + i, vector: new Array(DIM).fill(i % 7) }));
  await client.insert({ collection_name: COLLECTION, data: rows });
  await client.upsert({ collection_name: COLLECTION, data: rows.slice(0, 3) });
  await client.delete({ collection_name: COLLECTION, ids: [round * ROWS] });
  await client.flushSync({ collection_names: [COLLECTION] });
  for (let i = 0; i < 5; i++) {
    const found = await client.search({
      collection_name: COLLECTION,
      data: new Array(DIM).fill(i),
      limit: 3,
    });
    expect(found.status.error_code).toBe('Success');
  }
  await client.query({ collection_name: COLLECTION, filter: 'id >= 0', limit: 3, output_fields: ['id'] });
  // Too much to come along with the hits of every node.
  const batch = Array.from({ length: 100 }, (_, i) => new Array<number>(DIM).fill(i));
  await client.search({ collection_name: COLLECTION, data: batch, limit: 100, output_fields: ['vector'] });
  const body = { collectionName: COLLECTION, data: [new Array(DIM).fill(1)], limit: 3 };
  expect((await post(address, 'entities/search', body)).code).toBe(0);
}
