import { Backoff } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import type { RouterLimits } from '../limits.ts';
import type { MemberHandle } from './member-handle.ts';

export interface FollowOptions {
  readonly clock: Clock;
  readonly limits: RouterLimits;
  /** Called after each report was taken. */
  readonly reported: (handle: MemberHandle) => void;
}

/**
 * Keeps a node's stream of reports open until `signal` aborts. When the stream ends or falls silent, the node is down; the stream is opened again and again, with growing
 * pauses, until it reports. A stopped process still holds its connections, so silence is what tells, not the connection.
 */
export async function followStatus(handle: MemberHandle, options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { limits } = options;
  const backoff = new Backoff(limits.reconnectDelayMsMin, limits.reconnectDelayMsMax);
  while (!signal.aborted) {
    const reason = await readOneStream(handle, options, backoff, signal);
    if (signal.aborted) return;
    handle.goDown(reason);
    await pause(backoff.nextMs(), signal);
  }
}

/** Resolves to the reason for which the stream ended. */
async function readOneStream(
  handle: MemberHandle,
  options: FollowOptions,
  backoff: Backoff,
  signal: AbortSignal,
): Promise<string> {
  const stream = new AbortController();
  const stop = (): void => stream.abort();
  signal.addEventListener('abort', stop, { once: true });
  const watchdog = new Watchdog(options, stop);
  const context = { requestId: '', traceparent: '', timeoutMs: 0 };
  try {
    const reports = handle.shard.watchStatus({ context }, stream.signal)[Symbol.asyncIterator]();
    for (;;) {
      // A stream that ignores its signal must not hold up the next attempt.
      const next = await Promise.race([reports.next(), watchdog.silent]);
      if (next === 'silent') return `no report for ${options.limits.statusSilenceMsMax} ms`;
      if (next.done) return 'its stream of reports ended';
      watchdog.heard();
      backoff.reset();
      handle.report(next.value);
      options.reported(handle);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', stop);
    stream.abort();
  }
}

/** Notices silence. A check that itself comes late, because this process was held up, starts anew: what the node sent meanwhile lies unread. */
class Watchdog {
  readonly silent: Promise<'silent'>;
  readonly #options: FollowOptions;
  readonly #bark: () => void;
  #timer: NodeJS.Timeout | undefined;
  #heardMs: number;

  constructor(options: FollowOptions, onSilence: () => void) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    const { promise, resolve } = Promise.withResolvers<'silent'>();
    this.silent = promise;
    this.#bark = () => {
      onSilence();
      resolve('silent');
    };
    this.#schedule(options.limits.statusSilenceMsMax);
  }

  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    const dueMs = this.#options.clock.monotonicMs() + delayMs;
    this.#timer = setTimeout(() => this.#check(dueMs), delayMs).unref();
  }

  #check(dueMs: number): void {
    const { clock, limits } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - dueMs > limits.watchdogLatenessMsMax) this.#heardMs = nowMs;
    const leftMs = this.#heardMs + limits.statusSilenceMsMax - nowMs;
    if (leftMs <= 0) this.#bark();
    else this.#schedule(leftMs);
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs).unref();
    signal.addEventListener('abort', done, { once: true });
  });
}
