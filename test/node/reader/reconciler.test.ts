import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { Readiness } from '../../../node/reader/readiness.ts';
import { type Reconcilable, Reconciler } from '../../../node/reader/reconciler.ts';

const silent = (): void => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const stop = new AbortController();

afterEach(() => stop.abort());

/** A collection whose loading waits until the test lets it. */
class Slow implements Reconcilable {
  readonly collectionId: number;
  readonly signal = new AbortController().signal;
  readonly view = { version: 1 };
  readonly held = new Set<number>();
  gate: Promise<void> = Promise.resolve();
  holds = 0;

  constructor(collectionId: number) {
    this.collectionId = collectionId;
  }

  async refresh(): Promise<void> {}

  heldSegment(id: number): unknown {
    return this.held.has(id) ? {} : undefined;
  }

  async hold(wanted: ReadonlySet<number>): Promise<void> {
    this.holds++;
    await this.gate;
    for (const id of wanted) this.held.add(id);
  }
}

test('a collection that hangs holds up neither the others nor what changes for them later', async () => {
  const [hanging, well] = [new Slow(1), new Slow(2)];
  const gate = Promise.withResolvers<void>();
  hanging.gate = gate.promise;
  let own = new Set([10]);
  const reconciler = new Reconciler({
    release: async () => {},
    collections: () => [hanging, well],
    viewVersion: () => 1,
    ownSegments: async () => own,
    readiness: new Readiness(systemClock),
    clock: systemClock,
    logger,
  });
  const running = reconciler.run(stop.signal);
  await vi.waitFor(() => expect([...well.held]).toEqual([10]));
  own = new Set([10, 11]);
  reconciler.wake();
  await vi.waitFor(() => expect([...well.held]).toEqual([10, 11]));
  expect(hanging.holds).toBe(1);
  gate.resolve();
  // It learns of the change that came while it hung.
  await vi.waitFor(() => expect([...hanging.held]).toEqual([10, 11]));
  stop.abort();
  reconciler.wake();
  await running;
});
