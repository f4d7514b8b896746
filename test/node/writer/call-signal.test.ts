import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CallSignal } from '../../../node/writer/call-signal.ts';

const context = (timeoutMs: number) => ({ requestId: '', traceparent: '', timeoutMs });

test('aborts with a TimeoutError when the time of the call is over', async () => {
  using call = new CallSignal(context(10), new AbortController().signal);
  await sleep(50);
  expect(call.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('aborts with the reason of the caller, also of one that went away before', () => {
  const caller = new AbortController();
  using early = new CallSignal(context(60_000), caller.signal);
  caller.abort('gone');
  using late = new CallSignal(context(60_000), caller.signal);
  expect([early.signal.reason, late.signal.reason]).toEqual(['gone', 'gone']);
});

test('a call that is over is heard of no more, and the longest time is no short one', async () => {
  const caller = new AbortController();
  const call = new CallSignal(context(5), caller.signal);
  call[Symbol.dispose]();
  using long = new CallSignal(context(2 ** 32 - 1), caller.signal);
  await sleep(30);
  expect([call.signal.aborted, long.signal.aborted]).toEqual([false, false]);
  caller.abort();
  expect(call.signal.aborted).toBe(false);
});

test('without a time it is the caller’s own signal', () => {
  const caller = new AbortController();
  using call = new CallSignal(context(0), caller.signal);
  expect(call.signal).toBe(caller.signal);
});
