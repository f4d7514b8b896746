import { hash } from 'node:crypto';
import HashRing from 'hashring';
import { expect, test } from 'vitest';
import { hashNumber } from '../../../core/hash-mix.ts';
import { finish } from '../../../core/steps.ts';
import { ROUTING_LIMITS } from '../../../plugins/routing/limits.ts';
import { MemberRing } from '../../../plugins/routing/member-ring.ts';
import { RingPoints } from '../../../plugins/routing/ring-points.ts';
import type { Placement, RoutingStrategy } from '../../../plugins/routing/routing.ts';
import type { Walker, WalkKey } from '../../../plugins/routing/walker.ts';
import { makeMembers, makeRequest, makeSegments, routingContract, summary } from '../../contract/routing-contract.ts';
import { openBuiltin } from '../test-host.ts';

const open = (options: Record<string, unknown> = {}): Promise<RoutingStrategy> =>
  openBuiltin('routing', 'consistent-hash', options);

routingContract({ name: 'consistent hashing', open: () => open(), spreadsZones: true, loadMax: 1.25 });
routingContract({
  name: 'consistent hashing, segment by segment',
  open: () => open({ splitBytes: 0 }),
  movementMax: 1.5,
  loadMax: 1.25,
  spreadsZones: true,
});
routingContract({
  name: 'consistent hashing without a bound, segment by segment',
  open: () => open({ splitBytes: 0, loadFactor: 0 }),
  movementMax: 1.1,
  spreadsZones: true,
});

/** Copies per member, as a multiple of its share. */
function fullest(placement: Placement, replicaCount: number, weights: ReadonlyMap<string, number>): number {
  const counts = new Map<string, number>();
  for (const list of placement.values()) {
    for (const { nodeId } of list.slice(0, replicaCount)) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  }
  const weightSum = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const shares = [...weights].map(
    ([id, weight]) => (counts.get(id) ?? 0) / ((placement.size * replicaCount * weight) / weightSum),
  );
  return Math.max(...shares);
}

const weightsOf = (members: ReturnType<typeof makeMembers>): ReadonlyMap<string, number> =>
  new Map(members.map((member) => [member.nodeId, member.weight!]));

const ownersMoved = (before: Placement, after: Placement): readonly string[] =>
  [...before].flatMap(([id, list]) =>
    after.get(id)![0]!.nodeId === list[0]!.nodeId ? [] : [after.get(id)![0]!.nodeId],
  );

test('the ring is shared out wholly, about as the weights say', async () => {
  await using strategy = await open();
  const { members, ...request } = makeRequest(4, 2);
  const weighted = members.map((member, i) => ({ ...member, weight: i === 0 ? 2 : 1 }));
  const ring = strategy.explain({ ...request, members: weighted }).ring!;
  expect(ring.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  const double = ring.find(({ nodeId }) => nodeId === weighted[0]!.nodeId)!;
  const singles = ring.filter((entry) => entry !== double);
  for (const single of singles) {
    expect(single.points * 2).toBe(double.points);
    expect(single.share).toBeGreaterThan(0.1);
    expect(single.share).toBeLessThan(0.3);
  }
  expect(double.share).toBeGreaterThan(0.3);
});

test('a collection smaller than splitBytes stays together, copies on different members', async () => {
  await using strategy = await open({ splitBytes: '2GB' });
  const placement = strategy.place({ ...makeRequest(5, 3), segments: makeSegments(3) });
  expect(new Set([...placement.values()].map((list) => list.map((member) => member.nodeId).join())).size).toBe(1);
  const others = [1, 2, 3, 4, 5, 6, 7, 8].map((collectionId) => strategy.place({ ...makeRequest(5, 3), collectionId }));
  expect(new Set(others.map((other) => [...other.values()][0]![0]!.nodeId)).size).toBeGreaterThan(2);
  const split = strategy.place({ ...makeRequest(5, 30) });
  expect(new Set([...split.values()].map((list) => list[0]!.nodeId)).size).toBe(5);
});

function walk(walker: Walker, key: WalkKey, count: number): readonly number[] {
  const places = new Uint32Array(walker.members.length);
  return [...places.subarray(0, walker.walk(key, count, places))];
}

test('the order is that of hashring', async () => {
  const members = makeMembers(12, (i) => 1 + (i % 3));
  const ring = finish(MemberRing.make(members, new RingPoints()));
  const points = Object.fromEntries(
    members.map((member) => [member.nodeId, { vnodes: ROUTING_LIMITS.pointsPerWeight * member.weight! }]),
  );
  // Ids of segments are hashed in a cheaper way than names of readers.
  const digest = (key: string): Buffer => {
    if (!/^\d+$/.test(key)) return hash('md5', key, 'buffer');
    return Buffer.from(Uint32Array.of(hashNumber(Number(key))).buffer);
  };
  const original = new HashRing(points, digest, { 'vnode count': 0 });
  for (let key = 0; key < 2000; key++) {
    const walked = walk(ring, { hash: hashNumber(key), rank: key }, 12);
    expect(walked.map((place) => ring.members[place]!.nodeId)).toEqual(original.range(String(key), 12));
  }
});

const KEY = { hash: 1_234_567_890, rank: 0 };

test('a longer walk around the ring begins like a shorter one', () => {
  const ring = finish(MemberRing.make(makeMembers(9), new RingPoints()));
  const short = walk(ring, KEY, 2);
  expect(short).toHaveLength(2);
  expect(walk(ring, KEY, 9)).toHaveLength(9);
  expect(walk(ring, KEY, 20).slice(0, 2)).toEqual(short);
});

test.each([
  [3, 9, 1],
  [4, 16, 2],
  [8, 64, 1],
  [16, 256, 3],
])(
  '%i members, %i segments, %i copies: nobody gets more than the factor and a segment and a half',
  async (memberCount, segmentCount, replicaCount) => {
    await using strategy = await open({ splitBytes: 0, loadFactor: 1.25 });
    const members = makeMembers(memberCount);
    const placement = strategy.place({ ...makeRequest(memberCount, segmentCount, replicaCount), members });
    const oneSegment = memberCount / (segmentCount * replicaCount);
    expect(fullest(placement, replicaCount, weightsOf(members))).toBeLessThan(1.25 + 1.5 * oneSegment);
  },
);

test('members are loaded by their weight', async () => {
  await using strategy = await open({ splitBytes: 0, loadFactor: 0 });
  const members = makeMembers(6, (i) => [1, 2, 4][i % 3]!);
  const placement = strategy.place({ ...makeRequest(6, 6000, 1), members });
  expect(fullest(placement, 1, weightsOf(members))).toBeLessThan(1.35);
});

test('without a bound, a member that joins takes its share and nothing else moves; one that leaves gives only its own', async () => {
  await using strategy = await open({ splitBytes: 0, loadFactor: 0 });
  const members = makeMembers(10, (i) => 1 + (i % 3));
  const request = { ...makeRequest(10, 5000, 1), members: members.slice(0, 9) };
  const [before, after] = [strategy.place(request), strategy.place({ ...request, members })];
  const moved = ownersMoved(before, after);
  expect(new Set(moved)).toEqual(new Set(['reader-9']));
  const share = 1 / members.reduce((sum, member) => sum + member.weight!, 0);
  expect(moved.length / 5000).toBeGreaterThan(share * 0.6);
  expect(moved.length / 5000).toBeLessThan(share * 1.5);
  for (const [id, list] of after) if (list[0]!.nodeId !== 'reader-9') expect(before.get(id)![0]).toBe(list[0]);
});

test('with the bound, a member that joins moves at most half as much again', async () => {
  await using strategy = await open({ splitBytes: 0 });
  let moved = 0;
  for (let round = 0; round < 20; round++) {
    const members = makeMembers(9).map((member) => ({ ...member, nodeId: `${member.nodeId}-${round}` }));
    const request = { ...makeRequest(9, 64, 1), members: members.slice(0, 8) };
    moved += ownersMoved(strategy.place(request), strategy.place({ ...request, members })).length;
  }
  expect(moved / 20).toBeLessThan((64 / 9) * 1.5);
});

test('the next in the list is who gets the segment when its owner leaves', async () => {
  await using strategy = await open({ splitBytes: 0, loadFactor: 0 });
  const request = makeRequest(7, 300, 1);
  const before = summary(strategy.place(request));
  const after = summary(strategy.place({ ...request, members: request.members.slice(1) }));
  for (const [id, [owner, next]] of Object.entries(before)) {
    expect(after[id]![0]).toBe(owner === 'reader-0' ? next : owner);
  }
});

test('100,000 segments on 1,000 members are placed evenly', async () => {
  await using strategy = await open();
  const members = makeMembers(1000);
  const request = { collectionId: 1, segments: makeSegments(100_000), members, replicaCount: 2 };
  const placement = strategy.place(request);
  expect(placement.size).toBe(100_000);
  expect(fullest(placement, 2, weightsOf(members))).toBeLessThan(1.26);
});

test.each([{ loadFactor: 0.5 }, { loadFactor: 'x' }, { splitBytes: -1 }])('%j is refused', async (options) => {
  await expect(open(options)).rejects.toMatchObject({ kind: 'parameterInvalid' });
});
