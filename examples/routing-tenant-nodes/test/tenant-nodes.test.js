import { expect, test } from 'vitest';
import { open } from './open.js';

const members = ['a', 'b', 'c', 'd'].map((nodeId) => ({ nodeId, address: `${nodeId}:1`, roles: ['reader'] }));
const segments = Array.from({ length: 200 }, (_, i) => ({ id: i + 1, partitionId: (i % 2) + 1, byteLength: 100 }));
const acme = { name: 'acme', partitionIds: [1], nodes: ['c', 'd'] };

const ownersOf = (placement, partitionId) =>
  new Set(segments.filter((s) => s.partitionId === partitionId).map(({ id }) => placement.get(id)[0].nodeId));
const place = (strategy, present = members) =>
  strategy.place({ collectionId: 7, segments, members: present, replicaCount: 1 });

test("a tenant's partitions are on its nodes, all others on the rest", async () => {
  const placement = place(await open({ tenants: [acme] }));
  expect(ownersOf(placement, 1)).toEqual(new Set(['c', 'd']));
  expect(ownersOf(placement, 2)).toEqual(new Set(['a', 'b']));
});

test('nodes that are not reserved serve others, too', async () => {
  const placement = place(await open({ tenants: [acme], reserved: false }));
  expect(ownersOf(placement, 2)).toEqual(new Set(['a', 'b', 'c', 'd']));
});

test('when the nodes of a tenant are gone, others answer for it', async () => {
  const strategy = await open({ tenants: [acme] });
  expect(ownersOf(place(strategy, members.slice(0, 2)), 1)).toEqual(new Set(['a', 'b']));
  expect(ownersOf(place(strategy, members.slice(2)), 2)).toEqual(new Set(['c', 'd']));
});

test('a partition of two tenants is refused', async () => {
  await expect(open({ tenants: [acme, { ...acme, name: 'other' }] })).rejects.toThrow(
    'partition 1 belongs to acme and to other',
  );
});

test('the explanation names the owners', async () => {
  const strategy = await open({ tenants: [acme] });
  const { owners } = strategy.explain({ collectionId: 7, segments, members, replicaCount: 2 });
  expect(new Set(owners[1])).toEqual(new Set(['c', 'd']));
});
