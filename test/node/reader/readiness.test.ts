import { beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../core/clock.ts';
import { READER_LIMITS } from '../../../node/reader/limits.ts';
import { type HeldCollection, Readiness } from '../../../node/reader/readiness.ts';

let nowMs: number;
let readiness: Readiness;
const clock = { monotonicMs: () => nowMs, nowMs: () => nowMs } as Clock;

beforeEach(() => {
  nowMs = 1_000;
  readiness = new Readiness(clock);
});

class Held implements HeldCollection {
  readonly collectionId: number;
  readonly held = new Set<number>();

  constructor(collectionId: number) {
    this.collectionId = collectionId;
  }

  heldSegment(id: number): unknown {
    return this.held.has(id) ? {} : undefined;
  }
}

test('a reader is ready when it holds all that is its own, and says how far it is', () => {
  const [one, two] = [new Held(1), new Held(2)];
  expect(readiness.reasons([1])).toEqual(['collection 1: its view is being read']);
  readiness.wants(one, new Set([10, 11]));
  readiness.wants(two, new Set());
  one.held.add(10);
  expect(readiness.reasons([1, 2])).toEqual(['collection 1: 1 of 2 segments are loaded']);
  one.held.add(11);
  expect(readiness.reasons([1, 2])).toEqual([]);
});

test('once ready it stays so, whatever comes to be loaded later', () => {
  expect(readiness.reasons([])).toEqual([]);
  readiness.wants(new Held(1), new Set([10]));
  expect(readiness.reasons([1])).toEqual([]);
  expect(readiness.isReady).toBe(true);
});

test('a collection that cannot be loaded does not hold up the rest for ever', () => {
  const [broken, whole] = [new Held(1), new Held(2)];
  readiness.wants(broken, new Set([10]));
  readiness.wants(whole, new Set([20]));
  for (let i = 1; i <= READER_LIMITS.readinessFailuresMax; i++) {
    expect(readiness.reasons([1, 2])).toHaveLength(2);
    readiness.failed(1);
  }
  expect(readiness.reasons([1, 2])).toEqual(['collection 2: 0 of 1 segments are loaded']);
  whole.held.add(20);
  expect(readiness.reasons([1, 2])).toEqual([]);
});

test('a reader that makes no progress is ready after a while, one that does is not', () => {
  const slow = new Held(1);
  readiness.wants(slow, new Set([10, 11, 12]));
  for (const segment of [10, 11]) {
    expect(readiness.reasons([1])).toHaveLength(1);
    nowMs += READER_LIMITS.readinessPatienceMs - 1;
    expect(readiness.reasons([1])).toHaveLength(1);
    slow.held.add(segment);
  }
  expect(readiness.reasons([1])).toHaveLength(1);
  nowMs += READER_LIMITS.readinessPatienceMs;
  expect(readiness.reasons([1])).toEqual([]);
});

test('a collection that was released and loaded again begins anew', () => {
  const before = new Held(1);
  readiness.wants(before, new Set([10]));
  for (let i = 0; i < READER_LIMITS.readinessFailuresMax; i++) readiness.failed(1);
  readiness.wants(new Held(1), new Set([10]));
  expect(readiness.reasons([1])).toEqual(['collection 1: 0 of 1 segments are loaded']);
});
