import type { S3 } from '@aws-sdk/client-s3';
import { type BulkheadPolicy, bulkhead, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import { S3_LIMITS } from '../limits.ts';
import { isPassing, toStorageError } from './s3-errors.ts';

export interface S3CallsOptions {
  readonly client: S3;
  readonly bucket: string;
  /** Of every key in the bucket. */
  readonly prefix: string;
  readonly requestTimeoutMs: number;
  readonly requestsAtOnceMax: number;
  readonly host: Pick<PluginHost, 'logger' | 'signal'>;
}

/** One try of a call. `alive` says that bytes have come, and begins the time-out anew. */
export type Attempt<Result> = (signal: AbortSignal, alive: () => void) => Promise<Result>;

/** The one place where calls to the store wait for their turn, time out, are tried again and fail with an error of the house. */
export class S3Calls {
  readonly client: S3;
  readonly bucket: string;
  readonly prefix: string;
  readonly #options: S3CallsOptions;
  readonly #turns: BulkheadPolicy;

  constructor(options: S3CallsOptions) {
    this.#options = options;
    this.client = options.client;
    this.bucket = options.bucket;
    this.prefix = options.prefix;
    this.#turns = bulkhead(options.requestsAtOnceMax, S3_LIMITS.waitingCallsMax);
  }

  /** Where an object lies, as the SDK wants it. */
  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  /**
   * `verb` and `subject` are for the message: `cannot read "segments/…" in bucket x`. Throws the signal's reason when it is aborted, `serviceUnavailable` when the store stays
   * away for all tries, `storageFailed` for what it refuses; `attempt` gets to see a refusal first and may make something else of it.
   */
  async run<Result>(verb: string, subject: string, attempt: Attempt<Result>, signal?: AbortSignal): Promise<Result> {
    const { host } = this.#options;
    const policy = retry(
      handleWhen((error) => !signal?.aborted && isPassing(error)),
      {
        maxAttempts: S3_LIMITS.retryCount,
        backoff: new ExponentialBackoff({
          initialDelay: S3_LIMITS.retryDelayFirstMs,
          maxDelay: S3_LIMITS.retryDelayMs,
        }),
      },
    );
    policy.onRetry((event) => {
      const reason = 'error' in event ? event.error.message : '';
      host.logger.debug({ verb, subject, reason, attempt: event.attempt }, 'call to the storage is retried');
    });
    try {
      return await policy.execute(() => this.#turns.execute(() => this.#once(attempt, signal)), host.signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw toStorageError(`cannot ${verb} "${subject}" in bucket ${this.bucket}`, error);
    }
  }

  async #once<Result>(attempt: Attempt<Result>, signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    const { requestTimeoutMs } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), requestTimeoutMs);
    try {
      return await attempt(signal ? AbortSignal.any([signal, late.signal]) : late.signal, () => timer.refresh());
    } catch (error) {
      if (!late.signal.aborted) throw error;
      throw new BraidError('serviceUnavailable', `nothing came for ${requestTimeoutMs} ms`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
