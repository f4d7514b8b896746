import { expect, test } from 'vitest';
import { planSegments } from '../../../node/segment/search-plan.ts';

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
  expect(first).toEqual({ k: 16, expansion: 64 });
  const [wide] = planSegments({ k: 1_000, expansion: 1_500, rowCounts: equal(10), segmentCount: 10 });
  expect(wide!.k).toBeGreaterThan(100);
  expect(wide!.k).toBeLessThan(140);
});

test('a node asks its segments for all of k between them, and less broadly when other nodes have segments, too', () => {
  const plans = planSegments({ k: 10, expansion: 160, rowCounts: equal(2), segmentCount: 8 });
  expect(plans.reduce((sum, plan) => sum + plan.k, 0)).toBeGreaterThanOrEqual(10);
  expect(plans.map((plan) => plan.expansion)).toEqual([57, 57]);
});

test('large segments are asked for more than small ones, none for nothing', () => {
  const plans = planSegments({ k: 100, expansion: 100, rowCounts: [9_000, 990, 10, 0], segmentCount: 4 });
  expect(plans.map((plan) => plan.k)).toEqual([100, 21, 4, 2]);
  for (const plan of plans) expect(plan.expansion).toBeGreaterThanOrEqual(Math.max(16, plan.k));
});
