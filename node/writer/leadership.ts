import type { Clock } from '../../core/clock.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { Lease, LogClaim, MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { WRITER_LIMITS } from './limits.ts';
import { abortable, waitMs } from './wait.ts';

export interface LeadershipOptions {
  readonly metadata: MetadataStore;
  readonly holder: string;
  /** Of this writer. */
  readonly log: LogClaim;
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  /** Called once when the term is over. Nothing may be acknowledged any more; the process should exit. */
  readonly onLost: (error: BraidError) => void;
}

/**
 * The lease of this writer and what it knows about it. The time a lease is trusted counts from the moment its renewal was *sent*, on the monotonic clock, less
 * a margin: when this side still trusts it, no other writer has taken it. A lease that ran out is not lost: while the store
 * confirms the term, nobody else wrote, so whoever waits in `confirm` may go on.
 */
export class Leadership implements AsyncDisposable {
  readonly lease: Lease;
  readonly #options: LeadershipOptions;
  readonly #marginMs: number;
  readonly #stop = new AbortController();
  #trustedUntilMs: number;
  #waiters: { resolve: () => void; reject: (error: BraidError) => void }[] = [];
  #lost: BraidError | undefined;
  readonly #renewing: Promise<void>;

  private constructor(options: LeadershipOptions, lease: Lease, sentAtMs: number) {
    this.#options = options;
    this.lease = lease;
    this.#marginMs = options.ttlMs * WRITER_LIMITS.leaseMarginRatio;
    this.#trustedUntilMs = sentAtMs + options.ttlMs;
    this.#renewing = this.#renew();
  }

  /** Waits while another holder's lease is valid, or the metadata store is away. Throws when the last writer had another log. */
  static async acquire(options: LeadershipOptions, signal: AbortSignal): Promise<Leadership> {
    const { metadata, holder, log, ttlMs, clock, logger } = options;
    let saidAtMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      signal.throwIfAborted();
      const sentAtMs = clock.monotonicMs();
      let reason = 'another writer leads';
      try {
        const lease = await metadata.acquireLease(holder, ttlMs, log);
        if (lease) return new Leadership(options, lease, sentAtMs);
      } catch (thrown) {
        const error = toBraidError(thrown);
        if (error.kind !== 'serviceUnavailable') throw error;
        reason = error.message;
      }
      if (clock.monotonicMs() - saidAtMs >= WRITER_LIMITS.standbyLogMs) {
        saidAtMs = clock.monotonicMs();
        logger.info({ holder, reason }, 'standing by for the lease of the writer');
      }
      await waitMs(WRITER_LIMITS.standbyPollMs, signal);
    }
  }

  get term(): number {
    return this.lease.term;
  }

  /** True while no other writer can have begun. */
  get isTrusted(): boolean {
    return !this.#lost && this.#options.clock.monotonicMs() < this.#trustedUntilMs - this.#marginMs;
  }

  /** Throws unless the lease is trusted right now: for what must be refused rather than held up. */
  assertTrusted(): void {
    if (this.#lost) throw this.#lost;
    if (!this.isTrusted) {
      throw new BraidError('serviceUnavailable', `the lease of term ${this.term} could not be renewed in time`);
    }
  }

  /** Resolves when the lease is, or is again, trusted; rejects with `termLost` when it is over. */
  confirm(): Promise<void> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.isTrusted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** The term is over, as some fenced call found out. Only the first call counts. */
  lose(error: BraidError): void {
    if (this.#lost || this.#stop.signal.aborted) return;
    this.#lost = error;
    this.#stop.abort();
    this.#options.logger.error({ term: this.term, reason: error.message }, 'the term of this writer is over');
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#options.onLost(error);
  }

  /** Gives the lease back, so that a successor need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    const wasLost = this.#lost !== undefined;
    this.#stop.abort();
    await this.#renewing;
    this.#lost ??= new BraidError('termLost', `term ${this.term} has been given back`);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#lost);
    if (wasLost) return;
    try {
      await this.#options.metadata.releaseLease(this.lease);
    } catch (thrown) {
      const reason = toBraidError(thrown).message;
      this.#options.logger.warn({ term: this.term, reason }, 'the lease could not be given back and will run out');
    }
  }

  async #renew(): Promise<void> {
    const { signal } = this.#stop;
    const pauseMs = this.#options.ttlMs / WRITER_LIMITS.leaseRenewalsPerTtl;
    let delayMs = pauseMs;
    while (!signal.aborted) {
      await waitMs(delayMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const renewed = await abortable(this.#renewOnce(), signal).catch(() => false);
      delayMs = renewed ? pauseMs : Math.min(WRITER_LIMITS.leaseRetryMs, pauseMs);
    }
  }

  async #renewOnce(): Promise<boolean> {
    const { metadata, clock, ttlMs, logger } = this.#options;
    const sentAtMs = clock.monotonicMs();
    try {
      await metadata.renewLease(this.lease, ttlMs);
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (error.kind === 'termLost') this.lose(error);
      else logger.warn({ term: this.term, reason: error.message }, 'the lease could not be renewed, trying again');
      return false;
    }
    this.#trustedUntilMs = sentAtMs + ttlMs;
    if (this.isTrusted) for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    return true;
  }
}
