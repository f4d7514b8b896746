import { setTimeout as sleep } from 'node:timers/promises';
import { toBraidError } from '../../core/errors.ts';

/** After an error the lane waits for so long: a server that refuses everything is not asked a thousand times a second. */
const ERROR_PAUSE_MS = 100;

export interface LoadPlan {
  /** Sends the n-th search and waits for its answer. */
  readonly search: (n: number) => Promise<unknown>;
  /** Ends the run before its time. */
  readonly signal: AbortSignal;
  readonly concurrency: number;
  readonly requestsMax: number;
  readonly durationMs: number;
  readonly onProgress: (elapsedMs: number) => void;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  /** Message of an error -> how often it came; the first few different ones. */
  readonly messages: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** Of the searches that were answered, ascending. */
  readonly latenciesMs: Float64Array;
}

const MESSAGES_MAX = 10;

/** So many searches at a time, one after the other in each lane, until the count or the time is reached; those under way are waited for. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const latencies: number[] = [];
  const messages: Record<string, number> = {};
  const start = performance.now();
  let requests = 0;
  let errors = 0;
  const lane = async (): Promise<void> => {
    while (!plan.signal.aborted && requests < plan.requestsMax && performance.now() - start < plan.durationMs) {
      const number = requests++;
      const from = performance.now();
      try {
        await plan.search(number);
        latencies.push(performance.now() - from);
      } catch (thrown) {
        errors++;
        const { message } = toBraidError(thrown);
        if (message in messages || Object.keys(messages).length < MESSAGES_MAX)
          messages[message] = (messages[message] ?? 0) + 1;
        await sleep(ERROR_PAUSE_MS);
      }
      plan.onProgress(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, lane));
  return {
    requests,
    errors,
    messages,
    elapsedMs: performance.now() - start,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

/** The nearest rank (Hyndman and Fan, definition 1): the smallest value that this share of all values does not exceed. NaN of nothing. */
export function percentile(ascending: Float64Array, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]!;
}
