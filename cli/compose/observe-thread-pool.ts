import { randomFill } from 'node:crypto';
import type { Metrics } from '../../telemetry/metrics.ts';

const INTERVAL_MS = 1_000;
const JOB_BYTES = 1;

/** Sends a small job to the thread pool every second and notes how long it took to come back: the wait that native searches and file reads have, too. */
export function observeThreadPool({ threadWaitMs }: Pick<Metrics, 'threadWaitMs'>): Disposable {
  const target = new Uint8Array(JOB_BYTES);
  const timer = setInterval(() => {
    const beganMs = performance.now();
    randomFill(target, () => threadWaitMs.observe(performance.now() - beganMs));
  }, INTERVAL_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
