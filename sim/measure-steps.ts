import type { Steps } from '../core/steps.ts';
import { ROUTER_LIMITS } from '../router/limits.ts';

export interface MeasuredSteps<Result> {
  readonly result: Result;
  readonly totalMs: number;
  /**
   * The longest slice, as a router cuts them: what the event loop is held at most. Of the thread's time on a processor: by the clock, a busy machine shows how long others were on.
   */
  readonly longestSliceMs: number;
}

/** All steps now, cut in slices as `core/slices.ts` does. */
export function measureSteps<Result>(steps: Steps<Result>): MeasuredSteps<Result> {
  const beganMs = threadMs();
  let sliceBeganMs = beganMs;
  let longestSliceMs = 0;
  for (;;) {
    const step = steps.next();
    const nowMs = threadMs();
    longestSliceMs = Math.max(longestSliceMs, nowMs - sliceBeganMs);
    if (step.done) return { result: step.value, totalMs: nowMs - beganMs, longestSliceMs };
    if (nowMs - sliceBeganMs >= ROUTER_LIMITS.sliceMs) sliceBeganMs = nowMs;
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
