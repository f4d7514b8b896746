import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { CallContext, Scope } from '../../proto/generated/node.ts';
import { classifyError } from './classify-error.ts';
import type { MemberHandle } from './member-handle.ts';
import { callNode, type PendingCall } from './node-call.ts';
import type { SegmentGroup } from './placement.ts';
import type { Answer, ReadResponse, Scatter, ScatterRequest } from './scatter.ts';
import { failSpan, openSpan } from './tracing.ts';

/** A writer that answers so leads no more, or is not there. Its other failures are failures of the read. */
const GONE: readonly string[] = ['serviceUnavailable', 'serviceNotReady', 'termLost'];

/** What one call to a reader is for. */
interface Share {
  readonly handle: MemberHandle;
  readonly segmentIds: number[];
  readonly groups: SegmentGroup[];
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
      for (const share of sharesOf(route.groups, chooseOwner, this.#request.collectionName)) {
        this.#scatter.retryBudget.earn();
        this.#askReader(share, true);
      }
      this.#oneLess();
    } catch (error) {
      this.#fail(error as BraidError);
    }
    return this.#settled.promise;
  }

  #askReader(share: Share, mayRetry: boolean): void {
    const scope = this.#scope(share.segmentIds, 0, this.#request.guarantee);
    this.#call(share.handle, scope, false, (error) => {
      if (!mayRetry || classifyError(error) !== 'node') throw error;
      const next = sharesOf(
        share.groups,
        (group) => nextMember(group, share.handle),
        this.#request.collectionName,
        error,
      );
      if (!this.#scatter.retryBudget.spend()) throw error;
      for (const retry of next) {
        this.#scatter.dependencies.metrics.retry(retry.handle.shard.address);
        this.#askReader(retry, false);
      }
    });
  }

  /** `before`: the writer that was asked first and went away; if another leads now, it is asked instead. */
  #askWriter(guarantee: Timestamp, before?: { readonly handle: MemberHandle; readonly error: BraidError }): void {
    const writer = this.#scatter.dependencies.members.writer();
    if (!writer || writer === before?.handle) {
      this.#goOnWithoutWriter(before?.error);
      return;
    }
    const scope = this.#scope([], this.#request.route.view.version, guarantee);
    this.#call(writer, scope, true, (error) => {
      if (!GONE.includes(error.kind)) throw error;
      if (before) this.#goOnWithoutWriter(error);
      else this.#askWriter(guarantee, { handle: writer, error });
    });
  }

  /** Without a writer the rows after the view are missing: that is allowed if the caller wants no guarantee, or if the view reaches it. */
  #goOnWithoutWriter(cause?: BraidError): void {
    const { rowsGuarantee, route } = this.#request;
    if (route.view.sealedTimestamp >= rowsGuarantee) return;
    const message = 'no writer answers at the moment: only reads with consistency level Eventually are possible';
    throw new BraidError('serviceUnavailable', message, { cause });
  }

  /** `onError` makes up for the failure or throws what the whole read fails with. */
  #call(handle: MemberHandle, scope: Scope, isWriter: boolean, onError: (error: BraidError) => void): void {
    const { dependencies } = this.#scatter;
    const { kind, deadline, trace, invoke } = this.#request;
    const { span, context } = openSpan(dependencies.tracer, `${kind}_${handle.shard.address}`, trace);
    this.#pending++;
    const call = callNode(
      handle,
      {
        kind,
        deadline,
        trace: context,
        invoke: (callContext: CallContext, signal: AbortSignal) => invoke(handle.shard, scope, callContext, signal),
      },
      dependencies,
    );
    this.#calls.add(call);
    call.response.then(
      (response) => {
        span.end();
        this.#calls.delete(call);
        if (this.#over) return;
        this.#take({ handle, isWriter, response });
        this.#oneLess();
      },
      (error: BraidError) => {
        failSpan(span, error);
        this.#calls.delete(call);
        if (this.#over) return;
        try {
          onError(error);
          this.#oneLess();
        } catch (final) {
          this.#fail(final as BraidError);
        }
      },
    );
  }

  /** The writer's second answer replaces its first. */
  #take(answer: Answer<Response>): void {
    const before = answer.isWriter ? this.#answers.findIndex((known) => known.isWriter) : -1;
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
    const { route, schemaVersion, partitionIds, expiredBefore } = this.#request;
    const { collectionId } = route.view;
    return {
      collectionId,
      schemaVersion,
      partitionIds: partitionIds as number[],
      segmentIds,
      viewVersion,
      guaranteeTimestamp,
      expiredBefore,
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

type Choose = (group: SegmentGroup, chosen: ReadonlyMap<MemberHandle, Share>) => MemberHandle | undefined;

/** One share per chosen member. */
function sharesOf(
  groups: readonly SegmentGroup[],
  choose: Choose,
  collectionName: string,
  cause?: BraidError,
): Iterable<Share> {
  const shares = new Map<MemberHandle, Share>();
  for (const group of groups) {
    const handle = choose(group, shares);
    if (!handle) {
      if (cause) throw cause;
      throw new BraidError(
        'serviceUnavailable',
        `no reader is there for ${group.segmentIds.length} segments of collection ${collectionName}`,
      );
    }
    const share = shares.get(handle);
    if (!share) shares.set(handle, { handle, segmentIds: [...group.segmentIds], groups: [group] });
    else {
      share.segmentIds.push(...group.segmentIds);
      share.groups.push(group);
    }
  }
  return shares.values();
}

/**
 * An owner that is asked anyway, because fewer and larger parts cost less in all; else the less loaded of two taken at random. One that hangs only
 * if the other does, too.
 */
function chooseOwner(group: SegmentGroup, chosen: ReadonlyMap<MemberHandle, Share>): MemberHandle | undefined {
  const { owners } = group;
  if (owners.length < 2) return owners[0];
  const asked = owners.find((owner) => chosen.has(owner) && !owner.isStuck);
  if (asked) return asked;
  const first = Math.floor(Math.random() * owners.length);
  const second = (first + 1 + Math.floor(Math.random() * (owners.length - 1))) % owners.length;
  const left = owners[first]!;
  const right = owners[second]!;
  if (left.isStuck !== right.isStuck) return left.isStuck ? right : left;
  return left.callCount <= right.callCount ? left : right;
}

function nextMember(group: SegmentGroup, failed: MemberHandle): MemberHandle | undefined {
  return group.owners.find((handle) => handle !== failed) ?? group.others.find((handle) => handle !== failed);
}
