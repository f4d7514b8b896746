import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Member } from '../../plugins/discovery/discovery.ts';
import {
  type PlacedSegment,
  type Placement,
  type PlacementRequest,
  type RoutingStrategy,
  SPARE_MEMBERS,
} from '../../plugins/routing/routing.ts';

export interface RoutingSubject {
  readonly name: string;
  /** Called for each process that computes a placement on its own. */
  readonly open: () => Promise<RoutingStrategy>;
  /** What it moves when a reader joins or leaves, over many clusters together, as a multiple of the ideal; undefined: it promises nothing. */
  readonly movementMax?: number;
  /** No reader owns more than this many times its share of a collection's bytes, by weight, and a segment and a half; undefined: it promises nothing. */
  readonly loadMax?: number;
  /** Copies of a segment are in different zones as far as there are zones. */
  readonly spreadsZones?: boolean;
}

/** What every routing plugin promises, and what some do. */
export function routingContract({ name, open, movementMax, loadMax, spreadsZones }: RoutingSubject): void {
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

    if (movementMax !== undefined) {
      test('readers that join and leave move few segments', async () => {
        await using strategy = await open();
        let [moved, ideal] = [0, 0];
        for (const request of fc.sample(arbitraryRequest, { numRuns: 150, seed: 4 })) {
          const fewer = { ...request, members: request.members.slice(1) };
          const all = strategy.place(request);
          const without = strategy.place(fewer);
          const copies = request.segments.length * Math.min(request.replicaCount, fewer.members.length);
          ideal += 2 * copies * shareOf(request.members[0]!, request.members);
          moved += gained(without, all, request.replicaCount) + gained(all, without, request.replicaCount);
        }
        expect(moved / ideal).toBeLessThanOrEqual(movementMax);
      });
    }

    if (loadMax !== undefined) {
      test('property: no reader has more than its share, by bytes and weight', async () => {
        await using strategy = await open();
        fc.assert(
          fc.property(arbitraryRequest, (request) => {
            const { members, segments, replicaCount } = request;
            // A reader holds a segment once: where there are few, a heavy one cannot take its share, and others must.
            fc.pre(members.every((member) => replicaCount * shareOf(member, members) <= 0.5));
            const placement = strategy.place(request);
            const largest = Math.max(...segments.map((segment) => segment.byteLength));
            const total = segments.reduce((sum, segment) => sum + segment.byteLength, 0) * replicaCount;
            for (const member of members) {
              const bytes = segments
                .filter(({ id }) => placement.get(id)!.slice(0, replicaCount).includes(member))
                .reduce((sum, segment) => sum + segment.byteLength, 0);
              expect(bytes).toBeLessThanOrEqual(loadMax * total * shareOf(member, members) + 1.5 * largest);
            }
          }),
          { numRuns: 60 },
        );
      });
    }

    if (spreadsZones) {
      test('property: copies of a segment are in different zones', async () => {
        await using strategy = await open();
        fc.assert(
          fc.property(arbitraryRequest, fc.integer({ min: 2, max: 4 }), (request, zoneCount) => {
            const members = request.members.map((member, i) => ({ ...member, zone: `zone-${i % zoneCount}` }));
            const zones = new Set(members.map(({ zone }) => zone)).size;
            const replicaCount = 2;
            const placement = strategy.place({ ...request, members, replicaCount });
            const crowded = [...placement.values()].filter((list) => {
              const met = new Set(list.slice(0, replicaCount).map(({ zone }) => zone));
              return met.size < Math.min(zones, replicaCount);
            });
            // The bound of loads comes first: where the readers of all other zones are full, a zone has both.
            expect(crowded.length).toBeLessThanOrEqual(loadMax === undefined ? 0 : placement.size / 4);
          }),
          { numRuns: 60 },
        );
      });
    }

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

const arbitraryRequest: fc.Arbitrary<PlacementRequest> = fc
  .record({
    memberCount: fc.integer({ min: 4, max: 40 }),
    segmentCount: fc.integer({ min: 60, max: 400 }),
    replicaCount: fc.integer({ min: 1, max: 3 }),
    collectionId: fc.integer({ min: 1, max: 10_000 }),
    weights: fc.constantFrom([1], [1, 2]),
    salt: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .map(({ memberCount, segmentCount, replicaCount, collectionId, weights, salt }) => ({
    collectionId,
    replicaCount,
    segments: makeSegments(segmentCount).map((segment, i) => ({
      ...segment,
      id: segment.id + salt,
      byteLength: 100_000_000 + ((i * 37 + salt) % 100) * 4_000_000,
    })),
    members: makeMembers(memberCount, (i) => weights[i % weights.length]!).map((member) => ({
      ...member,
      nodeId: `${member.nodeId}-${salt}`,
    })),
  }));

/** 0 to 1. */
function shareOf(member: Member, members: readonly Member[]): number {
  return (member.weight ?? 1) / members.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
}

/** Copies that are where they were not before: what has to be loaded. */
function gained(before: Placement, after: Placement, replicaCount: number): number {
  let count = 0;
  for (const [id, list] of after) {
    const owners = new Set(
      before
        .get(id)!
        .slice(0, replicaCount)
        .map(({ nodeId }) => nodeId),
    );
    for (const { nodeId } of list.slice(0, replicaCount)) if (!owners.has(nodeId)) count++;
  }
  return count;
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
