import { expect, test } from 'vitest';
import { LIMITS } from '../../../node/segment/limits.ts';
import { TimeSlice } from '../../../node/segment/time-slice.ts';

function workFor(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs; );
}

test('a slice is over after its time, and the next begins after a turn of the event loop', async () => {
  const slice = new TimeSlice();
  expect(slice.isOver()).toBe(false);
  workFor(LIMITS.sliceMs + 1);
  expect(slice.isOver()).toBe(true);
  let hasTurned = false;
  setImmediate(() => {
    hasTurned = true;
  });
  await slice.next();
  expect([hasTurned, slice.isOver()]).toEqual([true, false]);
});

test('no slice follows an abort', async () => {
  const controller = new AbortController();
  const slice = new TimeSlice(controller.signal);
  await slice.next();
  controller.abort(new Error('enough'));
  await expect(slice.next()).rejects.toThrow('enough');
});
