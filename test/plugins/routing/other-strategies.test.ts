import { expect, test } from 'vitest';
import { hashNumber } from '../../../core/hash-mix.ts';
import { finish } from '../../../core/steps.ts';
import type { RoutingStrategy } from '../../../plugins/routing/routing.ts';
import { makeMembers, makeRequest, makeSegments, routingContract } from '../../contract/routing-contract.ts';
import { openBuiltin } from '../test-host.ts';

const open =
  (name: string, options: Record<string, unknown> = {}) =>
  (): Promise<RoutingStrategy> =>
    openBuiltin('routing', name, options);

routingContract({
  name: 'rendezvous',
  open: open('rendezvous', { splitBytes: 0 }),
  movementMax: 1.5,
  loadMax: 1.25,
  spreadsZones: true,
});
routingContract({
  name: 'rendezvous without a bound',
  open: open('rendezvous', { splitBytes: 0, loadFactor: 0 }),
  movementMax: 1.05,
  spreadsZones: true,
});
routingContract({ name: 'round robin', open: open('round-robin'), spreadsZones: true });
routingContract({ name: 'modulo hash', open: open('modulo-hash'), spreadsZones: true });

async function ownedCounts(name: string, options: Record<string, unknown>, weights: readonly number[]) {
  await using strategy = await open(name, options)();
  const members = makeMembers(weights.length, (i) => weights[i]!);
  const placement = strategy.place({ ...makeRequest(1, 1, 1), segments: makeSegments(7_000), members });
  return members.map(({ nodeId }) => [...placement.values()].filter((list) => list[0]!.nodeId === nodeId).length);
}

test('rendezvous hashing shares by weight', async () => {
  const [one, two, four] = await ownedCounts('rendezvous', { splitBytes: 0, loadFactor: 0 }, [1, 2, 4]);
  expect(one! / 1_000).toBeCloseTo(1, 0);
  expect(two! / 2_000).toBeCloseTo(1, 0);
  expect(four! / 4_000).toBeCloseTo(1, 0);
});

test('a walk by rendezvous hashing begins the same, however long', async () => {
  const { RendezvousWalker } = await import('../../../plugins/routing/rendezvous-walker.ts');
  const walker = finish(RendezvousWalker.make(makeMembers(100, (i) => 1 + (i % 3))));
  const [all, first] = [new Uint32Array(100), new Uint32Array(100)];
  for (let i = 0; i < 50; i++) {
    const key = { hash: hashNumber(i), rank: i };
    expect([walker.walk(key, 100, all), walker.walk(key, 5, first)]).toEqual([100, 5]);
    expect(all.slice(0, 5)).toEqual(first.slice(0, 5));
  }
});

test('round robin gives each reader as many as its weight says', async () => {
  expect(await ownedCounts('round-robin', {}, [1, 2, 4])).toEqual([1_000, 2_000, 4_000]);
});
