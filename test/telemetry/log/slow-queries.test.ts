import { expect, test } from 'vitest';
import { SlowQueries, type SlowQuery } from '../../../telemetry/log/slow-queries.ts';

const query = (durationMs: number): SlowQuery => ({
  time: '2026-11-21T18:00:00.000Z',
  api: 'grpc',
  method: 'Search',
  database: 'default',
  collection: 'books',
  partitions: [],
  filter: '',
  requestId: '1',
  traceId: '',
  clientAddress: '',
  user: '',
  durationMs,
  code: 0,
  reason: '',
  plan: {
    field: 'vector',
    metricType: 'L2',
    queryCount: 1,
    limit: 10,
    offset: 0,
    outputFields: [],
    viewVersion: 1,
    segmentCount: 1,
    phases: [],
    calls: [],
    callCount: 0,
  },
});

test('the newest and the slowest are kept, a hundred of each; all are counted', () => {
  const slow = new SlowQueries(5);
  // 1000 down to 1, so that the slowest are not the newest.
  for (let i = 1_000; i > 0; i--) slow.add(query(i));
  const { thresholdMs, count, recent, slowest } = slow.page();
  expect({ thresholdMs, count }).toEqual({ thresholdMs: 5, count: 1_000 });
  expect(recent.map(({ durationMs }) => durationMs)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(slowest.map(({ durationMs }) => durationMs)).toEqual(Array.from({ length: 100 }, (_, i) => 1_000 - i));
});
