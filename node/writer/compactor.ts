import { LRUCache } from 'lru-cache';
import type { SegmentRecord } from '../../core/catalog.ts';
import type { CompactionJobRecord } from '../../core/compaction-job.ts';
import { toBraidError } from '../../core/errors.ts';
import { type Expiry, expiryAt } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { CompactRequest, CompactResponse, JobResponse } from '../../proto/generated/node.ts';
import { mergeToSegment } from '../builder/build-segment.ts';
import {
  type CompactionCandidate,
  type CompactionPlan,
  type CompactionPolicy,
  planCompaction,
} from '../builder/plan-compaction.ts';
import { WorkLane } from '../builder/work-lane.ts';
import type { Segment } from '../segment/segment.ts';
import { CompactionJobs } from './compaction-jobs.ts';
import { ExpirySamples } from './expiry-samples.ts';
import type { IndexStates } from './index-states.ts';
import type { JobDone } from './job-book.ts';
import { WRITER_LIMITS } from './limits.ts';
import { publish } from './publish.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

/** A count of masked rows that was seen when a segment was open. */
interface Observation {
  readonly deletedCount: number;
  readonly asOf: Timestamp;
}

/** Rewrites segments: small ones into larger ones, without deleted rows, with the indexes of today. One plan runs at a time. */
export class Compactor {
  readonly #context: WriterContext;
  readonly #indexStates: IndexStates;
  readonly #lane = new WorkLane();
  readonly #jobs: CompactionJobs;
  /** Segments of plans that wait or run. */
  readonly #busy = new Set<number>();
  readonly #expirySamples = new ExpirySamples();
  readonly #observations = new LRUCache<number, Observation>({ max: WRITER_LIMITS.observationsKept });

  constructor(context: WriterContext, indexStates: IndexStates, jobs: readonly CompactionJobRecord[]) {
    this.#context = context;
    this.#indexStates = indexStates;
    this.#jobs = new CompactionJobs(context, jobs, (collection, plan) => this.#enqueue(collection, plan, 0));
    this.#jobs.resume();
  }

  /** As a client asks for it: also two small segments are merged, also one deleted row is worth it. */
  async compactNow(collection: WritableCollection, request: CompactRequest): Promise<CompactResponse> {
    const { partitionId, segmentIds, targetBytes } = request;
    const { segmentBytesMax } = this.#context.settings;
    const isMeant = (record: SegmentRecord) =>
      (partitionId === 0 || record.partitionId === partitionId) &&
      (segmentIds.length === 0 || segmentIds.includes(record.id));
    // A size that is asked for makes every smaller segment one to merge.
    const sizes = targetBytes > 0 && { segmentBytesMax: Math.min(targetBytes, segmentBytesMax), smallRatio: 1 };
    const plans = await this.#plan(collection, { deletedRatio: 0, segmentsMin: 2, ...sizes }, isMeant);
    if (plans.length === 0) return { jobId: -1, planCount: 0 };
    // From now on, so that nobody else plans for them while the job is recorded.
    const ids = plans.flatMap(({ segmentIds }) => segmentIds);
    for (const id of ids) this.#busy.add(id);
    const jobId = await this.#jobs.start(collection, plans).catch((thrown) => {
      for (const id of ids) this.#busy.delete(id);
      throw thrown;
    });
    return { jobId, planCount: plans.length };
  }

  /** What is due by the settings; failures are logged and come up again. Resolves to the number of plans begun. */
  async compactDue(collection: WritableCollection): Promise<number> {
    const { compactionDeletedRatio, compactionSegmentsMin } = this.#context.settings;
    const policy = { deletedRatio: compactionDeletedRatio, segmentsMin: compactionSegmentsMin };
    const plans = await this.#plan(collection, policy, () => true);
    for (const plan of plans) {
      this.#enqueue(collection, plan, compactionDeletedRatio).catch((thrown) => {
        if (this.#context.signal.aborted) return;
        const fields = { collectionId: collection.id, ...plan, error: toBraidError(thrown).message };
        this.#context.logger.error(fields, 'segments could not be compacted');
      });
    }
    return plans.length;
  }

  job(jobId: number): JobResponse {
    return this.#jobs.state(jobId);
  }

  async idle(): Promise<void> {
    await this.#lane.idle();
    await this.#jobs.idle();
  }

  async #plan(
    collection: WritableCollection,
    policy: Pick<CompactionPolicy, 'deletedRatio' | 'segmentsMin'> & Partial<CompactionPolicy>,
    isMeant: (record: SegmentRecord) => boolean,
  ): Promise<readonly CompactionPlan[]> {
    const { segmentRowsMax, segmentBytesMax, compactionSmallRatio: smallRatio } = this.#context.settings;
    const candidates: CompactionCandidate[] = [];
    const records = [...collection.live.values()];
    const rows = records.reduce((sum, record) => sum + record.rowCount, 0);
    const expiry = this.#expiry(collection);
    // A segment that was never seen has to be opened to know when its rows expire: one at a time, unless a client asks.
    let toOpen = policy.deletedRatio === 0 ? records.length : 1;
    for (const record of records.filter(isMeant)) {
      const isOutdated = await this.#indexStates.isOutdated(collection.record, record);
      const expired = this.#estimateExpired(record, expiry);
      const guess = expired === undefined && toOpen-- > 0 ? Math.max(1, policy.deletedRatio * record.rowCount) : 0;
      const gone = this.#estimateDeleted(collection, record, rows) + Math.ceil(expired ?? guess);
      const deletedCount = Math.min(record.rowCount, gone);
      const isExpired = expiry.fieldId === 0 && record.maxTimestamp < expiry.before;
      if (!this.#busy.has(record.id)) {
        const unappliedDeletes = deletesAfter(collection, record.deletesAppliedTimestamp);
        candidates.push({ record, deletedCount, unappliedDeletes, isExpired, isOutdated });
      }
    }
    return planCompaction(candidates, { segmentRowsMax, segmentBytesMax, smallRatio, ...policy });
  }

  /** Deletes that a segment has not applied itself are spread over all rows, for all that is known without opening it. */
  #estimateDeleted(collection: WritableCollection, record: SegmentRecord, rows: number): number {
    const { deletedCount, asOf } = this.#observations.get(record.id) ?? {
      deletedCount: record.deletedCount,
      asOf: record.deletesAppliedTimestamp,
    };
    return deletedCount + Math.round((deletesAfter(collection, asOf) * record.rowCount) / rows);
  }

  /** By the writer's clock, which stamped the rows. */
  #expiry(collection: WritableCollection): Expiry {
    return expiryAt(collection.record, this.#context.clock.nowMs());
  }

  /** Undefined where it is not known. */
  #estimateExpired(record: SegmentRecord, expiry: Expiry): number | undefined {
    return expiry.fieldId === 0 ? estimateOlder(record, expiry.before) : this.#expirySamples.estimate(record, expiry);
  }

  /** Resolves to the id of the segment that was made, if one was. */
  async #enqueue(
    collection: WritableCollection,
    plan: CompactionPlan,
    deletedRatio: number,
  ): Promise<number | undefined> {
    for (const id of plan.segmentIds) this.#busy.add(id);
    const note = (reason: string | undefined) => {
      for (const id of plan.segmentIds) this.#indexStates.noteFailure(id, reason);
    };
    try {
      note(undefined);
      const { segmentIds: sourceIds, reason: cause } = plan;
      const begin = { kind: 'compaction', collectionId: collection.id, sourceIds, cause } as const;
      return await this.#lane.run(() =>
        this.#context.jobs.record(begin, (done) => this.#run(collection, plan, deletedRatio, done)),
      );
    } catch (thrown) {
      note(toBraidError(thrown).message);
      throw thrown;
    } finally {
      for (const id of plan.segmentIds) this.#busy.delete(id);
    }
  }

  async #run(
    collection: WritableCollection,
    plan: CompactionPlan,
    deletedRatio: number,
    done: JobDone,
  ): Promise<number | undefined> {
    if (plan.reason === 'expired') return this.#replace(collection, plan, undefined, done);
    const { segmentStore, queue, ids, signal } = this.#context;
    const expiry = this.#expiry(collection);
    const opened = await this.#openAll(collection, plan);
    if (!opened || !(await this.#isWorthIt(opened, plan, deletedRatio, expiry))) return undefined;
    const sources = await this.#openAll(collection, plan);
    if (!sources) return undefined;
    // The masks are taken in this turn.
    const { schema, indexes } = collection.record;
    const built = await mergeToSegment(segmentStore, sources, {
      id: ids.next(),
      collectionId: collection.id,
      partitionId: plan.partitionId,
      schema,
      indexes,
      expiry,
      deletesApplied: () => queue.settledTimestamp(),
      signal,
    });
    try {
      return await this.#replace(collection, plan, built?.record, done);
    } finally {
      await built?.end();
    }
  }

  /** Puts what was built in the place of its sources; undefined: none of their rows is left. Resolves to its id. */
  #replace(
    collection: WritableCollection,
    plan: CompactionPlan,
    built: SegmentRecord | undefined,
    done: JobDone,
  ): Promise<number | undefined> {
    return collection.publishing.run(async () => {
      // Dropped or truncated meanwhile: what was built is garbage.
      if (collection.isDropped || !plan.segmentIds.every((id) => collection.live.has(id))) return undefined;
      await publish(this.#context, collection, {
        addSegments: built ? [built] : [],
        retireSegmentIds: plan.segmentIds,
        leaving: [],
      });
      for (const id of plan.segmentIds) this.#observations.delete(id);
      const fields = { collectionId: collection.id, ...plan, rowCount: built?.rowCount ?? 0 };
      done(fields.rowCount);
      this.#context.logger.info(fields, 'segments compacted');
      return built?.id;
    });
  }

  /** All sources with all deletes, good for the turn in which this resolves; undefined when one is no longer live. */
  async #openAll(collection: WritableCollection, plan: CompactionPlan): Promise<readonly Segment[] | undefined> {
    for (;;) {
      const records = plan.segmentIds.map((id) => collection.live.get(id));
      if (collection.isDropped || records.includes(undefined)) return undefined;
      const missing = (records as SegmentRecord[]).filter((record) => !collection.residents.get(record.id));
      if (missing.length === 0) return plan.segmentIds.map((id) => collection.residents.get(id)!);
      for (const record of missing) await collection.residents.open(record, this.#context.signal);
    }
  }

  /** An estimate brought the segment here; now the rows that are gone are counted. */
  async #isWorthIt(
    sources: readonly Segment[],
    plan: CompactionPlan,
    deletedRatio: number,
    expiry: Expiry,
  ): Promise<boolean> {
    const asOf = this.#context.queue.settledTimestamp();
    for (const { id, deletedCount } of sources) this.#observations.set(id, { deletedCount, asOf });
    if (expiry.fieldId !== 0) for (const source of sources) this.#expirySamples.learn(source, expiry.fieldId);
    if (plan.reason !== 'deletes') return true;
    for (const source of sources) {
      using snapshot = source.snapshot(expiry);
      const left = await snapshot.select({ filter: undefined, keys: undefined });
      const goneCount = snapshot.rowCount - left.count;
      if (goneCount === 0 || goneCount < deletedRatio * snapshot.rowCount) return false;
    }
    return true;
  }
}

/** As if the rows had come evenly between the oldest and the newest. */
function estimateOlder({ rowCount, minTimestamp, maxTimestamp }: SegmentRecord, expiredBefore: Timestamp): number {
  if (expiredBefore <= minTimestamp) return 0;
  if (expiredBefore > maxTimestamp) return rowCount;
  return Math.ceil((rowCount * Number(expiredBefore - minTimestamp)) / Number(maxTimestamp - minTimestamp));
}

/** Keys of deletes after `asOf`, in files and in memory; a file that only reaches beyond it counts whole. */
function deletesAfter(collection: WritableCollection, asOf: Timestamp): number {
  let count = 0;
  for (const file of collection.liveDeleteFiles) if (file.toTimestamp > asOf) count += file.count;
  const unfiledAfter = asOf > collection.deletes.filedTo ? asOf : collection.deletes.filedTo;
  return count + collection.deletes.keyCountAfter(unfiledAfter);
}
