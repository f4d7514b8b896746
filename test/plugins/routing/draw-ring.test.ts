import { expect, test } from 'vitest';
import type { RingDrawing, RoutingStrategy } from '../../../plugins/routing/routing.ts';
import { makeRequest } from '../../contract/routing-contract.ts';
import { openBuiltin } from '../test-host.ts';

const KEYS = 2 ** 32;
const open = (use: string, options: Record<string, unknown> = {}): Promise<RoutingStrategy> =>
  openBuiltin('routing', use, options);

function memberAt({ arcs, nodeIds }: RingDrawing, key: number): string {
  const [, place] = arcs.find(([end]) => key <= end) ?? arcs[0]!;
  return nodeIds[place]!;
}

function shareOf({ arcs }: RingDrawing, wanted: number): number {
  const first = arcs.at(-1)![0] - KEYS;
  return arcs.reduce(
    (sum, [end, place], i) => sum + (place === wanted ? end - (i === 0 ? first : arcs[i - 1]![0]) : 0) / KEYS,
    0,
  );
}

test('the arcs say who owns each segment, where no bound passes anyone by', async () => {
  await using strategy = await open('consistent-hash', { splitBytes: 0, loadFactor: 0 });
  const request = makeRequest(5, 200);
  const drawing = strategy.drawRing!(request)!;
  expect(drawing).toMatchObject({ isSampled: false, pointCount: 5 * 640 });
  const placement = strategy.place(request);
  for (const { id } of request.segments) {
    expect(memberAt(drawing, drawing.keys[id]!)).toBe(placement.get(id)![0]!.nodeId);
  }
  for (const [i, [end, place]] of drawing.arcs.entries()) {
    if (i > 0) expect(end).toBeGreaterThan(drawing.arcs[i - 1]![0]);
    if (i > 0) expect(place).not.toBe(drawing.arcs[i - 1]![1]);
  }
});

test('a collection that stays together has one key, and its owner', async () => {
  await using strategy = await open('consistent-hash', { splitBytes: '10GB' });
  const request = makeRequest(4, 3, 1);
  const drawing = strategy.drawRing!(request)!;
  const keys = [...new Set(Object.values(drawing.keys))];
  expect(keys).toHaveLength(1);
  expect(memberAt(drawing, keys[0]!)).toBe(strategy.place(request).get(request.segments[0]!.id)![0]!.nodeId);
});

test('of many members a sample is drawn whose shares are those of the ring', async () => {
  await using strategy = await open('consistent-hash');
  const request = makeRequest(40, 3);
  const drawing = strategy.drawRing!(request)!;
  expect(drawing).toMatchObject({ isSampled: true, pointCount: 40 * 640 });
  expect(drawing.arcs.length).toBeLessThanOrEqual(4096);
  for (const { nodeId, share } of strategy.explain(request).ring!) {
    const place = drawing.nodeIds.indexOf(nodeId);
    expect(Math.abs(shareOf(drawing, place) - share)).toBeLessThan(0.01);
  }
});

test('there is nothing to draw without members, or by a strategy that has no ring', async () => {
  await using ring = await open('consistent-hash');
  expect(ring.drawRing!(makeRequest(0, 3))).toBeUndefined();
  await using rendezvous = await open('rendezvous');
  expect(rendezvous.drawRing!(makeRequest(3, 0))).toBeUndefined();
});
