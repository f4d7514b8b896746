import { assert, BraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import { GroupCommit } from '../group-commit.ts';
import {
  compareLogPositions,
  type LogPosition,
  type LogRecord,
  logPositionToString,
  type WriteAheadLog,
} from '../log.ts';
import { beginTerm } from './begin-term.ts';
import { ClaimAppender } from './claim-appender.ts';
import { cutPayloads } from './cut-payloads.ts';
import { OffsetIndex } from './offset-index.ts';
import type { Partition } from './partition.ts';
import { readRecords } from './read-records.ts';
import { findLogEnd } from './scan-partition.ts';

export interface KafkaLogOptions {
  /** The log's from now on: closed with it. */
  readonly partition: Partition;
  /** Of the topic: another one has another, even by the same name. */
  readonly id: string;
  /** Of one batch; longer records are cut. */
  readonly messageBytes: number;
  readonly logger: PluginLogger;
}

const NOTHING: LogPosition = { term: 0, sequence: 0 };

/**
 * The log in one partition of a topic. What makes it one log with one writer is in claimed-record.ts; the rest is bookkeeping. While the brokers cannot be reached, the batch under way is tried
 * until they can, and further appends are refused with `serviceUnavailable`: they are not in the log.
 */
export class KafkaLog implements WriteAheadLog {
  readonly id: string;
  readonly shared = true;
  readonly #options: KafkaLogOptions;
  readonly #commits: GroupCommit;
  readonly #index = new OffsetIndex();
  readonly #closing = new AbortController();
  #appender: ClaimAppender | undefined;
  #isBeginning = false;
  #lastSequence = 0;
  #failure: BraidError | undefined;
  /** Commits and marks, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Stored by others when this term began; undefined where the brokers do not tell. */
  #earlierBytes: number | undefined;
  #appendedBytes = 0;
  #freedBytes = 0;
  #freedOffset = 0;

  constructor(options: KafkaLogOptions) {
    this.id = options.id;
    this.#options = options;
    this.#commits = new GroupCommit((payloads) => this.#inTurn(() => this.#commit(payloads)));
  }

  async begin(term: number): Promise<void> {
    assert(Number.isSafeInteger(term) && term >= 1, `a term is a whole number from 1, not ${term}`);
    assert(this.#appender === undefined && !this.#isBeginning, 'a log begins one term in its life');
    this.#isBeginning = true;
    const { partition, logger } = this.#options;
    const begun = await beginTerm(partition, term);
    this.#earlierBytes = await partition.storedBytes();
    const onTrouble = (trouble: BraidError): void => this.#commits.refuseWaiting(refusal(trouble));
    const closing = this.#closing.signal;
    this.#appender = new ClaimAppender({ partition, term, logger, onTrouble, closing }, begun);
    logger.info({ term, offset: begun.nextOffset - 1 }, 'wrote the fence of this term');
  }

  async append(payload: Uint8Array): Promise<LogPosition> {
    const { name } = this.#options.partition;
    if (this.#closing.signal.aborted) throw new BraidError('serviceUnavailable', `the log in ${name} is closed`);
    const { trouble } = this.#begun('append');
    if (trouble !== undefined) throw refusal(trouble);
    return this.#commits.append(payload);
  }

  async *read(after: LogPosition | undefined): AsyncIterable<LogRecord> {
    const { partition } = this.#options;
    // What this process appends from now on is not read.
    const end = this.#appender?.nextOffset ?? (await partition.endOffset());
    const freed = this.#appender?.freed ?? (await findLogEnd(partition, end))?.freed ?? NOTHING;
    const wanted = later(after ?? NOTHING, freed);
    const range = { from: await partition.startOffset(), end, after: wanted };
    for await (const { position, payload, endOffset, storedBytes } of readRecords(partition, range)) {
      this.#index.add(position, endOffset, storedBytes);
      if (compareLogPositions(position, wanted) > 0) yield { position, payload };
    }
  }

  /** Frees up to the nearest record whose place is known: those that were read or written by this process, in steps of some megabytes. */
  async truncate(position: LogPosition): Promise<void> {
    const appender = this.#begun('truncate');
    assert(
      position.term <= appender.term,
      `the log of term ${appender.term} cannot be freed up to ${logPositionToString(position)}`,
    );
    const entry = this.#index.find(position);
    if (entry === undefined || entry.endOffset <= this.#freedOffset) return;
    await this.#inTurn(async () => {
      appender.freed = later(entry.position, appender.freed);
      const mark = { kind: 'mark', sequence: this.#lastSequence, fragment: 0, isLastFragment: true } as const;
      await this.#guard(() => appender.append([{ ...mark, value: new Uint8Array() }]));
    });
    // The mark, which says the term, the last sequence and what was freed, stays.
    await this.#options.partition.deleteBefore(entry.endOffset);
    this.#freedOffset = entry.endOffset;
    this.#freedBytes = entry.bytes;
    this.#index.dropBefore(entry);
  }

  byteLength(): number {
    const knownBytes = this.#earlierBytes === undefined ? this.#index.bytes : this.#earlierBytes + this.#appendedBytes;
    return Math.max(0, knownBytes - this.#freedBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#commits.idle();
    await this.#turn;
    await this.#options.partition[Symbol.asyncDispose]();
  }

  async #commit(payloads: readonly Uint8Array[]): Promise<LogPosition> {
    const appender = this.#begun('append');
    const { term } = appender;
    const sequence = this.#lastSequence + 1;
    for (const drafts of cutPayloads(payloads, sequence, this.#options.messageBytes)) {
      const offset = await this.#guard(() => appender.append(drafts));
      for (const [place, draft] of drafts.entries()) {
        this.#appendedBytes += draft.value.length;
        if (draft.isLastFragment) {
          const payload = payloads[draft.sequence - sequence]!;
          this.#index.add({ term, sequence: draft.sequence }, offset + place + 1, payload.length);
        }
      }
    }
    this.#lastSequence += payloads.length;
    return { term, sequence };
  }

  /** A failure of the appender is for good: what the topic holds is then unknown, or another's business. */
  async #guard<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await run();
    } catch (error) {
      this.#failure = error as BraidError;
      this.#options.logger.error({ err: this.#failure }, 'the log stops: nothing more is acknowledged');
      throw this.#failure;
    }
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #begun(verb: string): ClaimAppender {
    assert(this.#appender !== undefined, `${verb} needs a term that has begun`);
    return this.#appender;
  }
}

function refusal(trouble: BraidError): BraidError {
  const message = `the log cannot be written now, try again later: ${trouble.message}`;
  return new BraidError('serviceUnavailable', message, { cause: trouble });
}

function later(left: LogPosition, right: LogPosition): LogPosition {
  return compareLogPositions(left, right) >= 0 ? left : right;
}
