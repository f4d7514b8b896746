import { expect, test } from 'vitest';
import { type PlanOptions, planSearch } from '../../../node/segment/search-plan.ts';

const planSegments = (options: PlanOptions) => planSearch(options).segments;
const equal = (count: number) => new Array<number>(count).fill(1_000);

test('one segment is asked for everything', () => {
  expect(planSegments({ k: 10, expansion: 64, rowCounts: [1_000], segmentCount: 1 })).toEqual([
    { k: 10, expansion: 64 },
  ]);
  expect(planSegments({ k: 100, expansion: 64, rowCounts: [5], segmentCount: 0 })).toEqual([
    { k: 100, expansion: 100 },
  ]);
});

test('the breadth shrinks with the square root of the segments, k with the share', () => {
  const [first] = planSegments({ k: 100, expansion: 256, rowCounts: equal(16), segmentCount: 16 });
  expect(first).toEqual({ k: 16, expansion: 68 });
  const [wide] = planSegments({ k: 1_000, expansion: 1_500, rowCounts: equal(10), segmentCount: 10 });
  expect(wide!.k).toBeGreaterThan(100);
  expect(wide!.k).toBeLessThan(140);
});

test('a node asks its segments for all of k between them, and less broadly when other nodes have segments, too', () => {
  const plans = planSegments({ k: 10, expansion: 160, rowCounts: equal(2), segmentCount: 8 });
  expect(plans.reduce((sum, plan) => sum + plan.k, 0)).toBeGreaterThanOrEqual(10);
  expect(plans.map((plan) => plan.expansion)).toEqual([61, 61]);
});

test('large segments are asked for more than small ones, none for nothing', () => {
  const plans = planSegments({ k: 100, expansion: 100, rowCounts: [9_000, 990, 10, 0], segmentCount: 4 });
  expect(plans.map((plan) => plan.k)).toEqual([100, 21, 4, 2]);
  for (const plan of plans) expect(plan.expansion).toBeGreaterThanOrEqual(Math.max(16, plan.k));
});

test('the default breadth grows with k and with the rows of the whole collection', () => {
  const breadth = (k: number, rows: number, segmentCount = 1) =>
    planSearch({ k, expansion: 0, rowCounts: [rows], segmentCount }).expansion;
  expect([breadth(10, 1_000), breadth(10, 100_000), breadth(100, 100_000)]).toEqual([64, 64, 150]);
  expect(breadth(10, 1_000_000)).toBe(128);
  expect(breadth(10, 100_000, 10)).toBe(128);
  expect(breadth(30_000, 1e9)).toBe(65_536);
  expect(planSearch({ k: 10, expansion: 0, rowCounts: [], segmentCount: 0 })).toEqual({ expansion: 64, segments: [] });
});
