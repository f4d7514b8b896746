import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { DEPLOYMENTS } from './deployments.ts';

const DIM = 8;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const SECRET_NAME = 'Rumpelstiltskin';

type Line = Readonly<Record<string, unknown>>;

test('a real process: every line is JSON in ECS fields, calls have their ids, slow queries their plan, nothing is told of rows', async () => {
  const telemetry = {
    slowQueryMs: 0,
    accessLog: {
      enabled: true,
      file: 'access.log',
      format: '$method_name $method_status $error_code',
      formats: {
        reads: {
          format:
            '$method_name|$collection_name|$method_expr|$trace_id|$response_size|$sdk_version|$user_addr|$anns_field|$nq|$query_params',
          methods: ['Search', 'entities/search'],
        },
      },
    },
  };
  await using braid = await DEPLOYMENTS[0]!.start({ telemetry });
  const [{ managementPort } = { managementPort: 0 }] = braid.processes.started;
  const management = `http://127.0.0.1:${managementPort}`;
  const level = await fetch(`${management}/log/level`, { method: 'PUT', body: '{"level":"debug"}' });
  expect(await level.json()).toEqual({ level: 'debug' });

  const client = await braid.client();
  await fill(client);
  const found = await client.search({
    collection_name: 'people',
    data: new Array(DIM).fill(0.5),
    filter: `name == "${SECRET_NAME}"`,
    limit: 5,
  });
  expect(found.results).toHaveLength(1);
  const answer = await fetch(`http://${braid.address}/v2/vectordb/entities/search`, {
    method: 'POST',
    headers: { traceparent: TRACEPARENT, 'request-id': 'rest-1' },
    body: JSON.stringify({ collectionName: 'people', data: [new Array(DIM).fill(0.123456789)], limit: 5 }),
  });
  expect(await answer.json()).toMatchObject({ code: 0 });
  const missing = await client.describeCollection({ collection_name: 'nobody' });
  expect(missing.status.code).toBe(100);

  const slow = (await (await fetch(`${management}/slow-queries`)).json()) as { recent: Line[]; count: number };
  expect(slow.count).toBeGreaterThanOrEqual(2);
  const plan = { field: 'vector', metricType: 'L2', queryCount: 1, limit: 5, calls: [{ role: 'writer', code: 0 }] };
  expect(slow.recent[0]).toMatchObject({ method: 'entities/search', requestId: 'rest-1', traceId: TRACE_ID, plan });
  expect(slow.recent[1]).toMatchObject({ method: 'Search', collection: 'people', filter: 'name == ?', plan });

  const logFile = braid.processes.logOf('braid');
  const folder = join(braid.processes.folder, 'data');
  await braid.processes.stop(braid.processes.started[0]!);
  checkLog(readFileSync(logFile, 'utf8'));
  expect(existsSync(join(folder, 'access.log'))).toBe(true);
  checkAccessLog(readFileSync(join(folder, 'access.log'), 'utf8'));
}, 120_000);

function checkLog(text: string): void {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  for (const line of lines) {
    expect(line).toMatchObject({
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'log.level': expect.stringMatching(/^(debug|info|warn|error)$/),
      message: expect.any(String),
      'service.name': 'braid-all',
      'service.node.name': expect.any(String),
    });
  }
  const ofCall = (method: string, message: string): Line | undefined =>
    lines.find((line) => line['event.action'] === method && line['message'] === message);
  expect(ofCall('entities/search', 'slow query')).toMatchObject({
    'http.request.id': 'rest-1',
    'trace.id': TRACE_ID,
    'event.outcome': 'success',
    'event.duration': expect.any(Number),
    braid: { collection: 'people', plan: { queryCount: 1 } },
  });
  expect(ofCall('DescribeCollection', 'call failed')).toMatchObject({
    'event.outcome': 'failure',
    'error.code': '100',
    'error.message': expect.stringContaining('nobody'),
    'http.request.id': expect.any(String),
  });
  expect(ofCall('Insert', 'call')).toBeDefined();
  expect(text).not.toContain(SECRET_NAME);
  expect(text).not.toContain('0.123456789');
}

function checkAccessLog(text: string): void {
  const lines = text.trim().split('\n');
  expect(lines).toContain('DescribeCollection Failed 100');
  expect(lines).toContain('Insert Successful 0');
  const fields = (method: string): string[] | undefined =>
    lines.map((line) => line.split('|')).find(([name]) => name === method);
  const [, collection, filter, , size, sdk, address] = fields('Search') ?? [];
  expect([collection, filter]).toEqual(['people', 'name == ?']);
  expect(Number(size)).toBeGreaterThan(0);
  expect(sdk).toMatch(/^grpc-node-js\//);
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(fields('entities/search')?.slice(1, 4)).toEqual(['people', 'Unknown', TRACE_ID]);
  expect(fields('entities/search')?.slice(7)).toEqual(['vector', '1', '{"limit":5}']);
  expect(text).not.toContain(SECRET_NAME);
}

async function fill(client: MilvusClient): Promise<void> {
  await client.createCollection({
    collection_name: 'people',
    consistency_level: 'Strong',
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'name', data_type: DataType.VarChar, max_length: 100 },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
    index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: 'people' });
  const data = Array.from({ length: 10 }, (_, id) => ({
    id,
    name: id === 3 ? SECRET_NAME : `name ${id}`,
    vector: new Array(DIM).fill(id),
  }));
  await client.insert({ collection_name: 'people', data });
}
