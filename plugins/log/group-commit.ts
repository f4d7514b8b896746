import { BraidError } from '../../core/errors.ts';
import { LOG_LIMITS } from './limits.ts';
import type { LogPosition } from './log.ts';

/** Makes all payloads durable in one go and resolves to the position of the first; the others follow it without a gap. */
export type CommitBatch = (payloads: readonly Uint8Array[]) => Promise<LogPosition>;

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: (position: LogPosition) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers appends while the disk is busy: one batch at a time, in the order of the calls. A batch that fails fails all its appends; whether later ones
 * may succeed is for `commit` to say.
 */
export class GroupCommit {
  readonly #commit: CommitBatch;
  #waiting: Waiting[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;

  constructor(commit: CommitBatch) {
    this.#commit = commit;
  }

  /** The payload must not change until the promise settles. A full queue throws `tooManyRequests`. */
  append(payload: Uint8Array): Promise<LogPosition> {
    const { recordBytesMax, queueBytesMax } = LOG_LIMITS;
    if (payload.length > recordBytesMax) {
      const message = `a log record has ${payload.length} bytes, the limit (recordBytesMax) is ${recordBytesMax}`;
      return Promise.reject(new BraidError('parameterTooLarge', message));
    }
    if (this.#queuedBytes + payload.length > queueBytesMax) {
      const message = `${this.#queuedBytes} bytes wait for the log's disk, the limit (queueBytesMax) is ${queueBytesMax}`;
      return Promise.reject(new BraidError('tooManyRequests', message));
    }
    this.#queuedBytes += payload.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Rejects the appends that no batch has taken yet: they are not in the log. */
  refuseWaiting(error: BraidError): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { payload, reject } of refused) {
      this.#queuedBytes -= payload.length;
      reject(error);
    }
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // All appends of this turn of the event loop, from whatever connection, share the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commitBatch(this.#takeBatch());
    this.#running = undefined;
  }

  async #commitBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const { term, sequence } = await this.#commit(batch.map((waiting) => waiting.payload));
      for (const [place, waiting] of batch.entries()) waiting.resolve({ term, sequence: sequence + place });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    this.#queuedBytes -= batch.reduce((bytes, waiting) => bytes + waiting.payload.length, 0);
  }

  #takeBatch(): Waiting[] {
    let batchBytes = 0;
    let count = 0;
    for (const { payload } of this.#waiting) {
      batchBytes += payload.length;
      if (count > 0 && batchBytes > LOG_LIMITS.batchBytesMax) break;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return batch;
  }
}
