import { expect, test } from 'vitest';
import { clusterAlerts } from '../../../cli/client/cluster-alerts.ts';
import type { CollectionPage, MemberPage, StatusPage } from '../../../cli/compose/page-shapes.ts';

const member = (role: string, more: Partial<MemberPage> = {}): MemberPage => ({
  ...{
    zone: '',
    weight: 1,
    labels: {},
    breaker: 'closed',
    isSlow: false,
    startedAtMs: 1,
    reportAgeMs: 1,
    catalogVersion: 1,
  },
  views: [],
  ...{ nodeId: role, address: `${role}:1`, roles: [role], health: 'healthy', callsRunning: 0, memoryBytes: 0 },
  ...{ readySegments: 1, term: undefined, version: '1.0.0', clockSkewMs: 0 },
  ...more,
});
const segment = { id: 1, partition: '_default', rows: 5, deleted: 0, byteLength: 9, readyOn: ['reader:1'] };
const collection = (more: Partial<CollectionPage> = {}): CollectionPage => ({
  ...{ id: 3, database: 'default', name: 'books', loaded: true, viewVersion: 1, sealedAtMs: 1, behindMs: 300 },
  ...{ replicasWanted: 1, segments: [segment], partitions: [] },
  placement: { replicas: ['group'], groups: {}, explanations: {}, moving: [] },
  ...more,
});
const page = (members: MemberPage[], collections = [collection()]): StatusPage => ({
  ...{ nodeId: 'router', version: '1.0.0', startedAtMs: 1, catalogVersion: 1, roles: ['router'], members, collections },
});
const seen = (status: StatusPage) => clusterAlerts(status).map((alert) => `${alert.tone} ${alert.seen}`);

test('nothing to look at', () => {
  expect(clusterAlerts(page([member('writer'), member('reader')]))).toEqual([]);
});

test('no writer, a writer that does not lead; one that stands by is none of these', () => {
  expect(seen(page([member('reader')]))).toEqual([expect.stringMatching(/^bad no writer is a member/)]);
  const away = member('writer', { health: 'down' });
  expect(seen(page([away, member('reader')]))).toEqual([
    expect.stringMatching(/^bad no writer leads, of writer:1 \(down\)/),
  ]);
  expect(seen(page([away, member('writer'), member('reader')]))).toEqual([]);
});

test('readers that are away, and none at all', () => {
  const down = member('reader', { health: 'down' });
  expect(seen(page([member('writer'), down, member('reader')]))).toEqual([
    expect.stringMatching(/^bad reader reader:1 is down/),
  ]);
  expect(seen(page([member('writer')]))).toEqual([expect.stringMatching(/^bad no reader is a member/)]);
  expect(seen(page([member('writer')], []))).toEqual([]);
});

test('versions and clocks that differ; the worst comes first', () => {
  const odd = member('reader', { version: '0.9.0', clockSkewMs: -700 });
  expect(seen(page([odd]))).toEqual([
    expect.stringMatching(/^bad no writer/),
    'poor reader:1 runs Braid 0.9.0, the router that was asked 1.0.0',
    "poor the clock of reader:1 is 700 ms behind this router's",
  ]);
  expect(seen(page([member('writer'), member('reader', { version: '', clockSkewMs: undefined })]))).toEqual([]);
});

test.each([
  [{ segments: [{ ...segment, readyOn: [] }] }, /no reader holds 1 of 1 segments/],
  [{ replicasWanted: 2 }, /1 of 2 replicas/],
  [{ behindMs: 61_000 }, /61\.0 s behind/],
])('of a collection that is loaded: %j', (more, words) => {
  const members = [member('writer'), member('reader')];
  expect(seen(page(members, [collection(more)]))).toEqual([expect.stringMatching(words)]);
  expect(seen(page(members, [collection({ ...more, loaded: false })]))).toEqual([]);
});
