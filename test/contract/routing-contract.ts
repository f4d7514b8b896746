import { describe, expect, test } from 'vitest';
import type { Member } from '../../plugins/discovery/discovery.ts';
import {
  type PlacedSegment,
  type Placement,
  type PlacementRequest,
  type RoutingStrategy,
  SPARE_MEMBERS,
} from '../../plugins/routing/routing.ts';

/** What every routing plugin promises. `open` is called for each process that computes a placement on its own. */
export function routingContract(name: string, open: () => Promise<RoutingStrategy>): void {
  describe(`${name} keeps the contract of a routing strategy`, () => {
    const shapes = [1, 2, 3, 5, 17].flatMap((memberCount) =>
      [1, 2, 3].map((replicaCount) => [memberCount, replicaCount]),
    );

    test.each(shapes)(
      '%i members, %i copies: each list is long enough and names no member twice',
      async (memberCount, replicaCount) => {
        await using strategy = await open();
        const segments = makeSegments(40);
        const members = makeMembers(memberCount!);
        const placement = strategy.place({ collectionId: 1, segments, members, replicaCount: replicaCount! });
        expect([...placement.keys()].sort((a, b) => a - b)).toEqual(segments.map((segment) => segment.id));
        for (const list of placement.values()) {
          expect(list.length).toBeGreaterThanOrEqual(Math.min(memberCount!, replicaCount! + SPARE_MEMBERS));
          expect(new Set(list).size).toBe(list.length);
          for (const member of list) expect(members).toContain(member);
        }
      },
    );

    test.each([
      [9, 200],
      [4, 16],
      [3, 7],
    ])(
      '%i members, %i segments: their order does not matter, and other processes agree',
      async (memberCount, segmentCount) => {
        await using strategy = await open();
        await using other = await open();
        const request = makeRequest(memberCount, segmentCount, 1);
        const expected = summary(strategy.place(request));
        for (const seed of [1, 2, 3]) {
          const mixed = {
            ...request,
            members: shuffled(request.members, seed),
            segments: shuffled(request.segments, seed + 7),
          };
          expect(summary(other.place(mixed))).toEqual(expected);
          expect(summary(strategy.place(mixed))).toEqual(expected);
        }
      },
    );

    test('a placement does not depend on those that were asked for before', async () => {
      await using strategy = await open();
      const request = makeRequest(6, 100);
      const expected = summary(strategy.place(request));
      for (const count of [1, 5, 7, 30]) strategy.place(makeRequest(count, 50));
      strategy.place({ ...request, members: request.members.slice(1) });
      expect(summary(strategy.place(request))).toEqual(expected);
    });

    test('the request is not changed', async () => {
      await using strategy = await open();
      const request = makeRequest(5, 20);
      const frozen = {
        ...request,
        members: Object.freeze([...request.members]),
        segments: Object.freeze([...request.segments]),
      };
      strategy.place(frozen);
      expect(frozen.members).toEqual(request.members);
    });

    test('without members there are empty lists, without segments there is an empty map', async () => {
      await using strategy = await open();
      const segments = makeSegments(3);
      const nobody = strategy.place({ collectionId: 1, segments, members: [], replicaCount: 2 });
      expect([...nobody]).toEqual(segments.map((segment) => [segment.id, []]));
      expect(strategy.place({ collectionId: 1, segments: [], members: makeMembers(2), replicaCount: 1 }).size).toBe(0);
    });

    test('a placement can be explained in JSON', async () => {
      await using strategy = await open();
      for (const request of [makeRequest(3, 10), makeRequest(0, 2)]) {
        const explained = strategy.explain(request);
        expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
      }
      expect(strategy.name.length).toBeGreaterThan(0);
    });

    test('new facts about a member show at once', async () => {
      await using strategy = await open();
      const request = makeRequest(3, 10);
      strategy.place(request);
      const moved = request.members.map((member) => ({ ...member, address: `moved-${member.address}` }));
      for (const list of strategy.place({ ...request, members: moved }).values()) {
        for (const member of list) expect(member.address).toMatch(/^moved-/);
      }
    });
  });
}

export function makeMembers(count: number, weightOf: (index: number) => number = () => 1): readonly Member[] {
  return Array.from({ length: count }, (_, i) => ({
    nodeId: `reader-${i}`,
    address: `10.0.0.${i}:19540`,
    roles: ['reader' as const],
    weight: weightOf(i),
  }));
}

export function makeSegments(count: number, byteLength = 500_000_000): readonly PlacedSegment[] {
  return Array.from({ length: count }, (_, i) => ({ id: 100 + i * 3, partitionId: 1 + (i % 3), byteLength }));
}

export function makeRequest(memberCount: number, segmentCount: number, replicaCount = 2): PlacementRequest {
  return { collectionId: 7, segments: makeSegments(segmentCount), members: makeMembers(memberCount), replicaCount };
}

/** Segment -> ids of its members, in order. */
export function summary(placement: Placement): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...placement].map(([id, list]) => [id, list.map((member) => member.nodeId)]));
}

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const keyed = items.map((item, index) => ({ item, key: Math.imul(index + seed, 2_654_435_761) >>> 0 }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
