import { expect, test } from 'vitest';
import type { BraidError } from '../../../core/errors.ts';
import { composeTimestamp, physicalMs, type Timestamp } from '../../../core/timestamps.ts';
import { IdAllocator } from '../../../node/writer/id-allocator.ts';
import { TimestampOracle } from '../../../node/writer/timestamp-oracle.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import { quietLogger } from './test-writer.ts';

class Store {
  wallMs = 1_000_000;
  monotonicMs = 0;
  bound: Timestamp = 0n;
  nextId = 1;
  isReachable = true;
  readonly clock = { nowMs: () => this.wallMs, monotonicMs: () => this.monotonicMs };
  readonly metadata = {
    reserveTimestamps: async (_term: number, bound: Timestamp) => {
      if (!this.isReachable) throw new Error('away');
      const before = this.bound;
      if (bound > before) this.bound = bound;
      return before;
    },
    reserveIds: async (_term: number, count: number) => {
      const first = this.nextId;
      this.nextId += count;
      return first;
    },
  } as unknown as MetadataStore;

  pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }

  start(): Promise<TimestampOracle> {
    const onTermLost = (error: BraidError) => {
      throw error;
    };
    return TimestampOracle.start({
      metadata: this.metadata,
      term: 1,
      clock: this.clock,
      logger: quietLogger,
      onTermLost,
    });
  }
}

test('timestamps follow the clock, grow strictly, and stay below the reserved bound', async () => {
  const store = new Store();
  using oracle = await store.start();
  let last = 0n;
  for (let i = 0; i < 20_000; i++) {
    if (i % 10 === 0) store.pass(1);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    const count = 1 + (i % 3);
    const first = oracle.next(count);
    expect(first > last).toBe(true);
    last = first + BigInt(count) - 1n;
    expect(last < store.bound).toBe(true);
    if (i % 7 === 0) expect(oracle.now() >= last).toBe(true);
  }
  expect(physicalMs(last)).toBe(store.wallMs);
});

test('a restart begins above everything issued before, also when the wall clock was set back', async () => {
  const store = new Store();
  const first = await store.start();
  const issued = first.next(1_000) + 999n;
  first[Symbol.dispose]();
  store.wallMs -= 3_600_000;
  using second = await store.start();
  const next = second.next();
  expect(next > issued).toBe(true);
  expect(next >= composeTimestamp(1_000_000 + 3_000)).toBe(true);
  store.pass(500);
  expect(physicalMs(second.next()) - physicalMs(next)).toBe(500);
});

test('steps of the wall clock: forward by up to a minute is followed, back and far ahead is not', async () => {
  const store = new Store();
  using oracle = await store.start();
  const start = physicalMs(oracle.next());
  store.wallMs -= 10_000;
  store.monotonicMs += 100;
  expect(physicalMs(oracle.next())).toBe(start + 100);
  store.wallMs = start + 2_000;
  expect(physicalMs(oracle.next())).toBe(start + 2_000);
  store.wallMs += 3_600_000;
  expect(physicalMs(oracle.next())).toBe(start + 2_000);
});

test('without the store timestamps go on below the bound, then are refused, then come again', async () => {
  const store = new Store();
  using oracle = await store.start();
  store.isReachable = false;
  store.pass(10_000);
  const late = oracle.next();
  expect(late < store.bound).toBe(true);
  expect(oracle.next() > late).toBe(true);
  expect(() => oracle.next(Number(store.bound))).toThrow(/used up/);
  store.isReachable = true;
  await new Promise((resolve) => setImmediate(resolve));
  oracle.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(physicalMs(oracle.next())).toBe(store.wallMs);
});

test('ids are never handed out twice, over restarts and refills, and the first is left to the default database', async () => {
  const store = new Store();
  const seen = new Set<number>();
  for (let life = 0; life < 3; life++) {
    const ids = await IdAllocator.start(store.metadata, 1, () => undefined);
    for (let i = 0; i < 2_500; i++) {
      if (i % 400 === 0) await new Promise((resolve) => setImmediate(resolve));
      const id = ids.next();
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
    await ids.ensure(5_000);
    for (let i = 0; i < 5_000; i++) seen.add(ids.next());
  }
  expect(seen.size).toBe(3 * 7_500);
  expect(seen.has(1)).toBe(false);
});
