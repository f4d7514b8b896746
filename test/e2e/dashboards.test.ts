import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { alerts, dashboards, RULES } from '../docker/dashboards.ts';
import { missingPrometheus, Prometheus } from '../servers/prometheus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';

const DIM = 8;
const COLLECTION = 'watched';
const ROWS = 200;

describe.runIf(mayRunWith('Prometheus', missingPrometheus()))('a cluster in a real Prometheus', () => {
  test('no panel is empty after a small load, every alert can be evaluated, exemplars name traces', async () => {
    const telemetry = { traceSampleRatio: 1 };
    const tracing = { use: 'console' };
    await using braid = await DEPLOYMENTS[1]!.start({ tracing, telemetry });
    const targets = braid.processes.started.map(({ managementPort }) => `127.0.0.1:${managementPort}`);
    await using prometheus = await Prometheus.start(targets, [RULES]);
    const client = await braid.client();
    await createCollection(client);
    let round = 0;
    const emptyPanels = async (): Promise<string[]> => {
      await load(client, round++);
      const empty: string[] = [];
      for (const { title, panels } of dashboards()) {
        for (const panel of panels) {
          for (const { expr } of panel.targets) {
            const samples = await prometheus.query(expr.replaceAll('$__rate_interval', '30s'));
            const hasValue = samples.some(({ value }) => Number.isFinite(Number(value[1])));
            if (!hasValue) empty.push(`${title}: ${panel.title}: ${expr}`);
          }
        }
      }
      return empty;
    };
    await expect.poll(emptyPanels, { timeout: 120_000, interval: 500 }).toEqual([]);
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
  }, 240_000);
});

async function exemplars(prometheus: Prometheus): Promise<readonly string[]> {
  const now = Date.now() / 1000;
  const parameters = { query: 'milvus_proxy_sq_latency_bucket', start: `${now - 600}`, end: `${now + 60}` };
  const series = (await prometheus.get('query_exemplars', parameters)) as readonly {
    readonly exemplars: readonly { readonly labels: { readonly trace_id: string } }[];
  }[];
  return series.flatMap((one) => one.exemplars.map(({ labels }) => labels.trace_id));
}

async function createCollection(client: MilvusClient): Promise<void> {
  await client.createCollection({
    collection_name: COLLECTION,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
    index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: COLLECTION });
}

/** A little of everything: rows come and go, are sealed and found. */
async function load(client: MilvusClient, round: number): Promise<void> {
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
}
