import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { CallContext, Scope } from '../../proto/generated/node.ts';
import { classifyError } from './classify-error.ts';
import type { MemberHandle } from './member-handle.ts';
import { callNode, type PendingCall } from './node-call.ts';
import type { SegmentGroup } from './placement.ts';
import type { Answer, ReadResponse, Scatter, ScatterRequest } from './scatter.ts';
import { type Choose, canAnswer, chooseOwner, nextMember, type Share, sharesOf } from './shares.ts';

/** A writer that answers so leads no more, or is not there. Its other failures are failures of the read. */
const GONE: readonly string[] = ['serviceUnavailable', 'serviceNotReady', 'termLost'];

/** Calls that together answer for one share: one to the reader it was meant for, or one each to those who stand in. */
interface Attempt<Response> {
  readonly answers: Answer<Response>[];
  readonly calls: PendingCall<Response>[];
  left: number;
}

/** What is being done for one share: the attempt that is complete first counts. */
interface Race<Response> {
  readonly share: Share;
  readonly attempts: Set<Attempt<Response>>;
  /** Others were asked already: because the reader failed, or because it was late. */
  isRepeated: boolean;
  /** The attempt that was begun because the reader was late. */
  hedge: Attempt<Response> | undefined;
  isOver: boolean;
}

interface CallEnd<Response> {
  answered(answer: Answer<Response>): void;
  /** Makes up for the failure, or throws what the whole read fails with. */
  failed(error: BraidError): void;
  overdue?: (() => void) | undefined;
}

/** One scatter. See Scatter for what it promises. */
export class ScatterRun<Response extends ReadResponse> {
  readonly #scatter: Scatter;
  readonly #request: ScatterRequest<Response>;
  readonly #answers: Answer<Response>[] = [];
  readonly #calls = new Set<PendingCall<Response>>();
  readonly #settled = Promise.withResolvers<readonly Answer<Response>[]>();
  #pending = 0;
  #over = false;
  #writerAskedAgain = false;

  constructor(scatter: Scatter, request: ScatterRequest<Response>) {
    this.#scatter = scatter;
    this.#request = request;
  }

  run(): Promise<readonly Answer<Response>[]> {
    const { route } = this.#request;
    this.#pending++;
    try {
      this.#askWriter(this.#request.guarantee);
      const { zone, limits } = this.#scatter.dependencies;
      const preference = { zone, overloadCalls: limits.zoneOverloadCalls };
      const choose: Choose = (group, chosen) => chooseOwner(group, chosen, preference);
      for (const share of sharesOf(route.groups, choose, this.#request.collectionName)) {
        this.#scatter.retryBudget.earn();
        this.#askReader(share);
      }
      this.#oneLess();
    } catch (error) {
      this.#fail(error as BraidError);
    }
    return this.#settled.promise;
  }

  #askReader(share: Share): void {
    const race: Race<Response> = {
      share,
      attempts: new Set(),
      isRepeated: false,
      hedge: undefined,
      isOver: false,
    };
    this.#pending++;
    this.#attempt(race, [share]);
  }

  #attempt(race: Race<Response>, shares: readonly Share[]): Attempt<Response> {
    const attempt: Attempt<Response> = { answers: [], calls: [], left: shares.length };
    race.attempts.add(attempt);
    for (const { handle, segmentIds } of shares) {
      const scope = this.#scope(segmentIds, 0, this.#request.guarantee);
      const call = this.#call(handle, scope, false, {
        answered: (answer) => {
          attempt.answers.push(answer);
          if (--attempt.left === 0) this.#win(race, attempt);
        },
        failed: (error) => this.#lose(race, attempt, error),
        overdue: race.isRepeated ? undefined : () => this.#hedge(race),
      });
      attempt.calls.push(call);
    }
    return attempt;
  }

  #win(race: Race<Response>, attempt: Attempt<Response>): void {
    if (race.isOver) return;
    race.isOver = true;
    race.attempts.delete(attempt);
    if (race.hedge) {
      const outcome = attempt === race.hedge ? 'won' : 'lost';
      this.#scatter.dependencies.metrics.hedge(race.share.handle.shard.address, outcome);
    }
    const reason = new BraidError('cancelled', 'another reader was first');
    for (const { calls } of race.attempts) for (const call of calls) call.abort(reason);
    this.#answers.push(...attempt.answers);
    this.#oneLess();
  }

  /** While another attempt is under way, that one decides. */
  #lose(race: Race<Response>, attempt: Attempt<Response>, error: BraidError): void {
    if (race.isOver || !race.attempts.delete(attempt)) return;
    const reason = new BraidError('cancelled', 'another part of the attempt failed', { cause: error });
    for (const call of attempt.calls) call.abort(reason);
    if (race.attempts.size > 0) return;
    const { share } = race;
    if (race.isRepeated || classifyError(error) !== 'node') throw error;
    const next = sharesOf(
      share.groups,
      (group) => nextMember(group, share.handle),
      this.#request.collectionName,
      error,
    );
    if (!this.#scatter.retryBudget.spend()) throw error;
    race.isRepeated = true;
    const shares = [...next];
    for (const { handle } of shares) this.#scatter.dependencies.metrics.retry(handle.shard.address);
    this.#attempt(race, shares);
  }

  /** The reader is late: those who could answer at once are asked as well, if there are such and the budget of retries allows it. */
  #hedge(race: Race<Response>): void {
    if (this.#over || race.isOver || race.isRepeated) return;
    const { share } = race;
    const { route, collectionName } = this.#request;
    const standIn = (group: SegmentGroup): MemberHandle | undefined =>
      [...group.owners, ...group.others].find(
        (handle) => handle !== share.handle && canAnswer(handle, route.view.collectionId, group.segmentIds),
      );
    if (!share.groups.every(standIn) || !this.#scatter.retryBudget.spend()) return;
    race.isRepeated = true;
    race.hedge = this.#attempt(race, [...sharesOf(share.groups, standIn, collectionName)]);
  }

  /** `before`: the writer that was asked first and went away; if another leads now, it is asked instead. */
  #askWriter(guarantee: Timestamp, before?: { readonly handle: MemberHandle; readonly error: BraidError }): void {
    const writer = this.#scatter.dependencies.members.writer();
    if (!writer || writer === before?.handle) {
      this.#awaitWriter(guarantee, before?.error);
      return;
    }
    this.#callWriter(writer, guarantee, before === undefined);
  }

  /** A writer that is being restarted is waited for, once. */
  #awaitWriter(guarantee: Timestamp, cause: BraidError | undefined): void {
    if (this.#isCoveredByView()) return;
    const { members } = this.#scatter.dependencies;
    this.#pending++;
    void members.awaitWriter(this.#request.deadline.origin).then((writer) => {
      if (this.#over) return;
      try {
        if (writer) this.#callWriter(writer, guarantee, false);
        else this.#goOnWithoutWriter(cause);
        this.#oneLess();
      } catch (error) {
        this.#fail(error as BraidError);
      }
    });
  }

  #callWriter(writer: MemberHandle, guarantee: Timestamp, mayRetry: boolean): void {
    const scope = this.#scope([], this.#request.route.view.version, guarantee);
    this.#pending++;
    this.#call(writer, scope, true, {
      answered: (answer) => {
        this.#takeFromWriter(answer);
        this.#oneLess();
      },
      failed: (error) => {
        if (!GONE.includes(error.kind)) throw error;
        if (mayRetry) this.#askWriter(guarantee, { handle: writer, error });
        else this.#goOnWithoutWriter(error);
        this.#oneLess();
      },
    });
  }

  /** Without a writer the rows after the view are missing: that is allowed if the caller wants no guarantee, or if the view reaches it. */
  #goOnWithoutWriter(cause?: BraidError): void {
    if (this.#isCoveredByView()) return;
    const message = 'no writer answers at the moment: only reads with consistency level Eventually are possible';
    throw new BraidError('serviceUnavailable', message, { cause });
  }

  #isCoveredByView(): boolean {
    const { rowsGuarantee, route } = this.#request;
    return route.view.sealedTimestamp >= rowsGuarantee;
  }

  #call(handle: MemberHandle, scope: Scope, isWriter: boolean, end: CallEnd<Response>): PendingCall<Response> {
    const { dependencies } = this.#scatter;
    const { kind, deadline, trace, invoke, notes } = this.#request;
    const startedMs = performance.now();
    const note = (code: number, response?: Response): void =>
      notes?.called({
        kind: `${kind}${isWriter ? 'Growing' : 'Sealed'}`,
        address: handle.shard.address,
        role: isWriter ? 'writer' : 'reader',
        segmentCount: scope.segmentIds.length,
        durationMs: performance.now() - startedMs,
        rowCount: response?.state?.rowCount ?? 0,
        visited: response?.state?.visited ?? 0,
        code,
      });
    const call = callNode(
      handle,
      {
        kind,
        deadline,
        trace,
        tags: { segments: scope.segmentIds.length, role: isWriter ? 'writer' : 'reader' },
        tagsOf: ({ state }: Response) => ({ rows: state?.rowCount ?? 0, visited: state?.visited ?? 0 }),
        invoke: (context: CallContext, signal: AbortSignal) => invoke(handle.shard, scope, context, signal),
        overdue: end.overdue,
      },
      dependencies,
    );
    this.#calls.add(call);
    call.response.then(
      (response) => {
        note(0, response);
        this.#calls.delete(call);
        if (!this.#over) end.answered({ handle, isWriter, response });
      },
      (error: BraidError) => {
        note(error.code);
        this.#calls.delete(call);
        if (this.#over) return;
        try {
          end.failed(error);
        } catch (final) {
          this.#fail(final as BraidError);
        }
      },
    );
    return call;
  }

  /** The writer's second answer replaces its first. */
  #takeFromWriter(answer: Answer<Response>): void {
    const before = this.#answers.findIndex((known) => known.isWriter);
    if (before < 0) this.#answers.push(answer);
    else this.#answers[before] = answer;
  }

  #oneLess(): void {
    if (--this.#pending > 0 || this.#over) return;
    try {
      if (this.#askWriterAgain()) return;
      this.#over = true;
      this.#scatter.dependencies.metrics.fanOut(this.#answers.length);
      this.#settled.resolve(this.#answers);
    } catch (error) {
      this.#fail(error as BraidError);
    }
  }

  /** See ARCHITECTURE, "Upserts are seen whole". */
  #askWriterAgain(): boolean {
    const first = this.#writerAskedAgain ? undefined : this.#answers.find((answer) => answer.isWriter);
    if (!first) return false;
    const seen = first.response.state?.appliedTimestamp ?? 0n;
    let newest = 0n;
    for (const { isWriter, response } of this.#answers) {
      const last = response.state?.lastDeleteTimestamp ?? 0n;
      if (!isWriter && last > newest) newest = last;
    }
    if (newest <= seen) return false;
    this.#writerAskedAgain = true;
    this.#scatter.dependencies.metrics.writerAskedAgain();
    this.#askWriter(newest);
    return this.#pending > 0;
  }

  #scope(segmentIds: number[], viewVersion: number, guaranteeTimestamp: Timestamp): Scope {
    const { route, schemaVersion, partitionIds, expiry } = this.#request;
    const { collectionId } = route.view;
    return {
      collectionId,
      schemaVersion,
      partitionIds: partitionIds as number[],
      segmentIds,
      viewVersion,
      guaranteeTimestamp,
      expiredBefore: expiry.before,
      expiryFieldId: expiry.fieldId,
    };
  }

  #fail(error: BraidError): void {
    if (this.#over) return;
    this.#over = true;
    this.#settled.reject(error);
    const reason = new BraidError('cancelled', 'another part of the read failed', { cause: error });
    for (const call of this.#calls) call.abort(reason);
  }
}
