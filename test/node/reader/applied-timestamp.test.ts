import { expect, test } from 'vitest';
import { AppliedTimestamp } from '../../../node/reader/applied-timestamp.ts';

const never = new AbortController().signal;

test('a wait ends when the timestamp is reached, not before, and never goes back', async () => {
  const applied = new AppliedTimestamp();
  const events: string[] = [];
  const waits = [5n, 7n].map((timestamp) =>
    applied.reach(timestamp, 0, never).then(() => events.push(`at ${timestamp}`)),
  );
  applied.advance(4n);
  await Promise.resolve();
  expect(events).toEqual([]);
  applied.advance(6n);
  await waits[0];
  expect(events).toEqual(['at 5']);
  applied.advance(2n);
  expect(applied.current).toBe(6n);
  applied.advance(7n);
  await Promise.all(waits);
  await applied.reach(7n, 1, never);
});

test('a wait that is too long fails with the deadline and says how far it got', async () => {
  const applied = new AppliedTimestamp();
  applied.advance(3n);
  await expect(applied.reach(9n, 20, never)).rejects.toMatchObject({
    kind: 'deadlineExceeded',
    message: expect.stringMatching(/applied 3, wanted 9/),
  });
});

test('a cancelled wait ends at once', async () => {
  const applied = new AppliedTimestamp();
  const controller = new AbortController();
  const wait = applied.reach(9n, 0, controller.signal);
  controller.abort();
  await expect(wait).rejects.toMatchObject({ kind: 'cancelled' });
});
