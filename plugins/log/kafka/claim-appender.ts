import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../../core/backoff.ts';
import { BraidError, toBraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { LogPosition } from '../log.ts';
import { termLost } from '../term-start.ts';
import type { BegunTerm } from './begin-term.ts';
import { encodeClaimed, type RecordDraft } from './claimed-record.ts';
import type { Partition } from './partition.ts';
import { scanPartition } from './scan-partition.ts';

export interface ClaimAppenderOptions {
  readonly partition: Partition;
  readonly term: number;
  readonly logger: PluginLogger;
  /** Called at every try that fails. */
  readonly onTrouble: (error: BraidError) => void;
  /** Aborted when the log closes: what cannot be finished then fails. */
  readonly closing: AbortSignal;
}

/**
 * Appends the records of one term, each batch until it is known to count: an append that failed is looked for and, if it is not there, sent again, for as long as it takes. Two things end it for
 * good: `termLost` when a later term has begun, and `internal` when the topic has lost records or the log closes while an outcome is not known. One caller at a time.
 */
export class ClaimAppender {
  readonly term: number;
  readonly #options: ClaimAppenderOptions;
  readonly #backoff = new Backoff(LOG_LIMITS.kafka.retryMinMs, LOG_LIMITS.kafka.retryMaxMs);
  /** Every record before it has been seen: it is ours, or void, or of an earlier term. */
  #nextOffset: number;
  #freed: LogPosition;
  #trouble: BraidError | undefined;
  #shortLooks = 0;

  constructor(options: ClaimAppenderOptions, begun: BegunTerm) {
    this.term = options.term;
    this.#options = options;
    this.#nextOffset = begun.nextOffset;
    this.#freed = begun.freed;
  }

  /** What the next record claims. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Up to where records may be gone; every record from now on says so. */
  get freed(): LogPosition {
    return this.#freed;
  }

  set freed(position: LogPosition) {
    this.#freed = position;
  }

  /** Why the batch under way does not get through; undefined while all is well. */
  get trouble(): BraidError | undefined {
    return this.#trouble;
  }

  /** The drafts must fit into one message of Kafka. Resolves to the offset of the first; the others follow it. */
  async append(drafts: readonly RecordDraft[]): Promise<number> {
    const { partition } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const found = attempt > 1 ? await this.#find() : undefined;
        if (found !== undefined) return this.#through(found);
        const claim = this.#nextOffset;
        const offset = await partition.append(
          drafts.map((draft, place) => encodeClaimed(draft, this.term, claim + place, this.#freed)),
        );
        if (offset === claim) {
          this.#nextOffset = claim + drafts.length;
          return this.#through(claim);
        }
      } catch (thrown) {
        const error = toBraidError(thrown);
        if (error.kind === 'termLost' || error.kind === 'internal') throw error;
        await this.#pause(error);
      }
    }
  }

  /** Looks at what has been appended since; resolves to the claimed offset if the batch that was sent last stands there. */
  async #find(): Promise<number | undefined> {
    const { partition } = this.#options;
    const claim = this.#nextOffset;
    const end = await partition.endOffset();
    if (end < claim) throw this.#shortened(end, claim);
    this.#shortLooks = 0;
    let isThere = false;
    for await (const record of scanPartition(partition, claim, end)) {
      if (record.term > this.term) throw termLost(this.term, record.term);
      isThere ||= record.term === this.term && record.offset === claim;
    }
    this.#nextOffset = end;
    return isThere ? claim : undefined;
  }

  #shortened(end: number, claim: number): BraidError {
    const message = `${this.#options.partition.name} ends at offset ${end}, but records up to ${claim} were acknowledged`;
    this.#shortLooks += 1;
    // A new leader may need a moment until it knows what all replicas have.
    if (this.#shortLooks < LOG_LIMITS.kafka.shortLooksMax) return new BraidError('serviceUnavailable', message);
    const advice =
      'was the topic made anew, or did a replica lead that was not in sync (unclean.leader.election.enable)?';
    return new BraidError('internal', `${message}: ${advice}`);
  }

  #through(offset: number): number {
    if (this.#trouble !== undefined) {
      this.#trouble = undefined;
      this.#backoff.reset();
      this.#options.logger.info({ term: this.term, offset }, 'the log can be written again');
    }
    return offset;
  }

  async #pause(error: BraidError): Promise<void> {
    const { logger, closing, onTrouble } = this.#options;
    if (this.#trouble?.message !== error.message) {
      logger.warn({ err: error, term: this.term }, 'the log cannot be written, trying again until it can');
    }
    this.#trouble = error;
    onTrouble(error);
    try {
      await sleep(this.#backoff.nextMs(), undefined, { signal: closing });
    } catch (cause) {
      const message = `the log closes while ${error.message}: whether the last records count is unknown`;
      throw new BraidError('internal', message, { cause });
    }
  }
}
