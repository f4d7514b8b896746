import { BraidError, type ErrorName, toBraidError } from '../../core/errors.ts';
import { physicalMs, type Timestamp } from '../../core/timestamps.ts';
import type { LogPosition, WriteAheadLog } from '../../plugins/log/log.ts';
import { tagCall } from '../../telemetry/log/call-scope.ts';
import type { Leadership } from './leadership.ts';
import type { TimestampOracle } from './timestamp-oracle.ts';
import { abortable, waitMs } from './wait.ts';

export interface WriteQueueOptions {
  readonly log: Pick<WriteAheadLog, 'append'>;
  readonly leadership: Leadership;
  readonly oracle: TimestampOracle;
  /** Bytes of records that are not durable yet; a write beyond it is refused. */
  readonly inFlightBytesMax: number;
  /** Position of the last record that recovery replayed. */
  readonly startPosition: LogPosition;
  /** The log failed in a way that leaves its content unknown, or a durable record could not be applied: the process must restart. */
  readonly onFatal: (error: BraidError) => void;
}

export interface Write {
  /** Timestamps it takes (an autoID batch takes one per row); the write's own is the last. */
  readonly timestampCount: number;
  /** Bytes of the record, about: for admission. */
  readonly byteLength: number;
  /** Called in the turn in which the write gets its place in the order; its bytes go to the log in the same turn. */
  encode(timestamp: Timestamp): Uint8Array;
  /** Called when the record is durable and every earlier write has been applied. Must not fail. */
  apply(timestamp: Timestamp, position: LogPosition): void | Promise<void>;
  /** Called instead of `apply` when the log refused the record; it is not in the log then. */
  refused(): void;
}

/** Failures of an append after which the record is certainly not in the log. */
const REFUSALS: ReadonlySet<ErrorName> = new Set([
  'diskLimitExceeded',
  'tooManyRequests',
  'parameterTooLarge',
  'serviceUnavailable',
]);

interface Entry {
  readonly write: Write;
  readonly timestamp: Timestamp;
  readonly resolve: (timestamp: Timestamp) => void;
  readonly reject: (error: BraidError) => void;
  outcome: { readonly position: LogPosition } | { readonly error: BraidError } | undefined;
}

/**
 * The one order of all writes: timestamp, place in the log and application in memory follow each other. A write is acknowledged when it is durable, applied, and the
 * lease was trusted after that.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #entries: Entry[] = [];
  #inFlightBytes = 0;
  #isAdvancing = false;
  #appliedPosition: LogPosition;
  #broken: BraidError | undefined;
  #advanced: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#appliedPosition = options.startPosition;
  }

  /** Every record up to here has been applied. */
  get appliedPosition(): LogPosition {
    return this.#appliedPosition;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** Every write with a timestamp up to here has been applied; every later write gets a larger one. */
  settledTimestamp(): Timestamp {
    const oldest = this.#entries[0];
    return oldest ? oldest.timestamp - 1n : this.#options.oracle.now();
  }

  /** Resolves to the write's timestamp when it may be acknowledged. Throws at once what refuses it. */
  submit(write: Write): Promise<Timestamp> {
    if (this.#broken) throw this.#broken;
    this.#options.leadership.assertTrusted();
    this.#admit(write.byteLength);
    const first = this.#options.oracle.next(write.timestampCount);
    const timestamp = first + BigInt(write.timestampCount) - 1n;
    const payload = write.encode(timestamp);
    const { promise, resolve, reject } = Promise.withResolvers<Timestamp>();
    const entry: Entry = { write, timestamp, resolve, reject, outcome: undefined };
    this.#entries.push(entry);
    this.#inFlightBytes += write.byteLength;
    const beganMs = performance.now();
    this.#options.log.append(payload).then(
      (position) => {
        tagCall(() => ({ bytes: payload.length, log_ms: performance.now() - beganMs }));
        this.#settled(entry, { position });
      },
      (thrown) => this.#settled(entry, { error: toBraidError(thrown) }),
    );
    return promise;
  }

  /** Resolves when every write up to `timestamp` has been applied; a timestamp of the future is waited for. */
  async waitSettled(timestamp: Timestamp, signal: AbortSignal): Promise<void> {
    while (this.settledTimestamp() < timestamp) {
      if (this.#broken) throw this.#broken;
      if (this.#entries.length > 0) await abortable(this.#nextAdvance(), signal);
      else await waitMs(Math.max(1, physicalMs(timestamp) - physicalMs(this.settledTimestamp())), signal);
    }
  }

  /** Resolves when nothing is in flight. */
  async drain(): Promise<void> {
    while (this.#entries.length > 0 && !this.#broken) await this.#nextAdvance();
  }

  /** Ends everything that waits: nothing is acknowledged any more. */
  break(error: BraidError): void {
    if (this.#broken) return;
    this.#broken = error;
    for (const entry of this.#entries) entry.reject(error);
    this.#wake();
  }

  #admit(byteLength: number): void {
    const { inFlightBytesMax } = this.#options;
    if (this.#entries.length === 0 || this.#inFlightBytes + byteLength <= inFlightBytesMax) return;
    throw new BraidError(
      'tooManyRequests',
      `writes of ${this.#inFlightBytes} bytes wait for the log, ${byteLength} more exceed the limit of ${inFlightBytesMax}: try again later`,
    );
  }

  #settled(entry: Entry, outcome: NonNullable<Entry['outcome']>): void {
    entry.outcome = outcome;
    if ('error' in outcome && !REFUSALS.has(outcome.error.kind)) this.#fail(outcome.error);
    void this.#advance();
  }

  async #advance(): Promise<void> {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    while (!this.#broken && this.#entries[0]?.outcome) {
      const entry = this.#entries[0];
      const { outcome } = entry;
      if ('position' in outcome!) {
        try {
          // Only what is awaited leaves the turn: rows and their deletes are applied at once.
          const running = entry.write.apply(entry.timestamp, outcome.position);
          if (running) await running;
        } catch (thrown) {
          this.#fail(toBraidError(thrown));
          break;
        }
        this.#appliedPosition = outcome.position;
        this.#options.leadership.confirm().then(() => entry.resolve(entry.timestamp), entry.reject);
      } else {
        entry.write.refused();
        entry.reject(outcome!.error);
      }
      this.#entries.shift();
      this.#inFlightBytes -= entry.write.byteLength;
    }
    this.#isAdvancing = false;
    this.#wake();
  }

  #fail(cause: BraidError): void {
    const error =
      cause.kind === 'termLost'
        ? cause
        : new BraidError('serviceUnavailable', `the outcome of the write is not known: ${cause.message}`, { cause });
    if (this.#broken) return;
    this.break(error);
    this.#options.onFatal(cause);
  }

  #nextAdvance(): Promise<void> {
    this.#advanced ??= Promise.withResolvers<void>();
    return this.#advanced.promise;
  }

  #wake(): void {
    const waiting = this.#advanced;
    this.#advanced = undefined;
    waiting?.resolve();
  }
}
