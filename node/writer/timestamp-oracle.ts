import type { Clock } from '../../core/clock.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import { composeTimestamp, physicalMs, type Timestamp } from '../../core/timestamps.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { WRITER_LIMITS } from './limits.ts';

export interface TimestampOracleOptions {
  readonly metadata: MetadataStore;
  readonly term: number;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly onTermLost: (error: BraidError) => void;
}

/**
 * Issues Milvus' hybrid timestamps, strictly increasing over restarts and successors: each lies below a bound that was reserved in the metadata store before, and a
 * new writer starts above the bound it finds. Time runs by the monotonic clock, follows the wall clock forward (up to a minute at once) and never goes back. While
 * the bound cannot be raised, timestamps fall behind the clock but go on.
 */
export class TimestampOracle implements Disposable {
  readonly #options: TimestampOracleOptions;
  readonly #timer: NodeJS.Timeout;
  /** Wall clock minus monotonic clock, as followed. */
  #offsetMs: number;
  #last: Timestamp;
  /** First timestamp that may not be issued. */
  #bound: Timestamp;
  #refill: Promise<void> | undefined;
  #warnedOfStep = false;

  private constructor(options: TimestampOracleOptions, startMs: number, last: Timestamp, bound: Timestamp) {
    this.#options = options;
    this.#offsetMs = startMs - options.clock.monotonicMs();
    this.#last = last;
    this.#bound = bound;
    this.#timer = setInterval(() => this.#refillWhenLow(), WRITER_LIMITS.timestampRefillMs);
    this.#timer.unref();
  }

  static async start(options: TimestampOracleOptions): Promise<TimestampOracle> {
    const { metadata, term, clock } = options;
    const wallMs = Math.floor(clock.nowMs());
    let bound = composeTimestamp(wallMs + WRITER_LIMITS.timestampReserveMs);
    const before = await metadata.reserveTimestamps(term, bound);
    const startMs = Math.max(wallMs, physicalMs(before) + 1);
    const wanted = composeTimestamp(startMs + WRITER_LIMITS.timestampReserveMs);
    if (wanted > bound) {
      await metadata.reserveTimestamps(term, wanted);
      bound = wanted;
    }
    return new TimestampOracle(options, startMs, composeTimestamp(startMs) - 1n, bound);
  }

  /** The first of `count` timestamps in a row, all larger than every one before. */
  next(count = 1): Timestamp {
    const now = this.#clock();
    if (this.#bound - now < HALF_WINDOW) this.#refillWhenLow();
    const first = this.#clamp(now, BigInt(count));
    this.#last = first + BigInt(count) - 1n;
    return first;
  }

  /** The present: every timestamp issued so far is smaller or equal, every later one is larger. */
  now(): Timestamp {
    const now = this.#clock();
    if (now > this.#last) this.#last = now < this.#bound ? now : this.#bound - 1n;
    return this.#last;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #clamp(now: Timestamp, count: bigint): Timestamp {
    const first = now > this.#last ? now : this.#last + 1n;
    if (first + count <= this.#bound) return first;
    const late = this.#last + 1n;
    if (late + count <= this.#bound) return late;
    this.#refillWhenLow();
    throw new BraidError(
      'serviceUnavailable',
      'timestamps are used up: the metadata store did not reserve more in time',
    );
  }

  #clock(): Timestamp {
    const { clock, logger } = this.#options;
    const ownMs = this.#offsetMs + clock.monotonicMs();
    const aheadMs = clock.nowMs() - ownMs;
    if (aheadMs > WRITER_LIMITS.clockStepMaxMs) {
      if (!this.#warnedOfStep) logger.warn({ aheadMs }, 'the wall clock jumped too far ahead and is not followed');
      this.#warnedOfStep = true;
    } else if (aheadMs > 0) {
      this.#warnedOfStep = false;
      this.#offsetMs += aheadMs;
      return composeTimestamp(Math.floor(ownMs + aheadMs));
    }
    return composeTimestamp(Math.floor(ownMs));
  }

  #refillWhenLow(): void {
    const wanted = composeTimestamp(physicalMs(this.#later()) + WRITER_LIMITS.timestampReserveMs);
    if (this.#refill || wanted - this.#bound < HALF_WINDOW / 2n) return;
    this.#refill = this.#reserve(wanted).finally(() => {
      this.#refill = undefined;
    });
  }

  #later(): Timestamp {
    const now = this.#clock();
    return now > this.#last ? now : this.#last;
  }

  async #reserve(bound: Timestamp): Promise<void> {
    const { metadata, term, logger, onTermLost } = this.#options;
    try {
      await metadata.reserveTimestamps(term, bound);
      this.#bound = bound;
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (error.kind === 'termLost') onTermLost(error);
      else logger.warn({ term, reason: error.message }, 'timestamps could not be reserved, trying again');
    }
  }
}

const HALF_WINDOW = composeTimestamp(WRITER_LIMITS.timestampReserveMs / 2);
