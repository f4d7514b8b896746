import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CollectionRecord, DeleteFileRecord, SegmentRecord, View } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { CollectionStatus } from '../../proto/generated/node.ts';
import { deletePieces } from '../segment/delete-pieces.ts';
import { countSegments } from '../segment/held-segments.ts';
import type { SealedSegment } from '../segment/sealed-segment.ts';
import type { DeleteBatch } from '../segment/segment.ts';
import { AppliedTimestamp } from './applied-timestamp.ts';
import { DeleteLog } from './delete-log.ts';
import type { DeleteSink } from './delete-stream.ts';
import { READER_LIMITS } from './limits.ts';
import type { ReaderCounts } from './reader-counts.ts';

/** What a collection needs of the reader around it. */
export interface CollectionHost {
  loadSegment(record: SegmentRecord, collection: CollectionRecord, signal: AbortSignal): Promise<SealedSegment>;
  loadDeleteFile(file: DeleteFileRecord): Promise<DeleteBatch>;
  readView(collectionId: number): Promise<View | undefined>;
  forgetSegment(record: SegmentRecord): Promise<void>;
  /** Something that the node's status shows has changed. */
  changed(): void;
}

interface HeldSegment {
  readonly segment: SealedSegment;
  readonly record: SegmentRecord;
  /** Set when nobody wants it here any more: it goes after the release delay. */
  unwantedSinceMs: number | undefined;
}

/** The loaded segments of one collection on this reader, and the deletes they follow. */
export class ReaderCollection implements DeleteSink {
  readonly collectionId: number;
  readonly #host: CollectionHost;
  readonly #segments = new Map<number, HeldSegment>();
  readonly #loading = new Map<number, Promise<SealedSegment>>();
  readonly #deletes = new DeleteLog();
  readonly #applied = new AppliedTimestamp();
  readonly #closing = new AbortController();
  #record: CollectionRecord;
  #view: View | undefined;
  #refreshing: Promise<void> | undefined;
  #loadedDeleteFiles = new Set<number>();
  #streamStart: Timestamp = 0n;
  /** When it was last looked whether segments can be released. */
  #releasedAtMs = Number.NEGATIVE_INFINITY;
  /** What placement gives to this reader, as far as it is known. */
  #wanted: ReadonlySet<number> = new Set();

  constructor(record: CollectionRecord, host: CollectionHost) {
    this.collectionId = record.id;
    this.#record = record;
    this.#host = host;
  }

  get record(): CollectionRecord {
    return this.#record;
  }

  /** Follows a change of the record: added fields, indexes. What a load adds to the chosen fields is opened by `hold`. */
  async update(record: CollectionRecord): Promise<void> {
    if (record.updatedTimestamp === this.#record.updatedTimestamp) return;
    this.#record = record;
    for (const { segment } of this.#segments.values()) {
      await this.#follow(segment);
    }
  }

  get view(): View | undefined {
    return this.#view;
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get appliedTimestamp(): Timestamp {
    return this.#applied.current;
  }

  get lastDeleteTimestamp(): Timestamp {
    return this.#deletes.lastTimestamp;
  }

  /** For metrics. */
  describe(newestViewVersion: number): Omit<ReaderCounts['collections'][number], 'database'> {
    const held = [...this.#segments.values()];
    const { name, partitions } = this.#record;
    return {
      id: this.collectionId,
      name,
      loadedPartitions: partitions.filter(({ loaded }) => loaded).length,
      held: countSegments(held.map(({ segment }) => segment)),
      awaited: [...this.#wanted].filter((id) => !this.#isWhole(id)).length,
      leaving: held.filter(({ unwantedSinceMs }) => unwantedSinceMs !== undefined).length,
      appliedTimestamp: this.appliedTimestamp,
      isViewStale: (this.#view?.version ?? 0) < newestViewVersion,
    };
  }

  get memoryBytes(): number {
    return [...this.#segments.values()].reduce((sum, held) => sum + held.segment.memoryBytes, 0);
  }

  status(): CollectionStatus {
    return {
      collectionId: this.collectionId,
      viewVersion: this.#view?.version ?? 0,
      readySegmentIds: [...this.#segments.keys()].filter((id) => this.#isWhole(id)),
      appliedTimestamp: this.appliedTimestamp,
      loadedFieldIds: [...(this.#record.loadedFieldIds ?? [])],
    };
  }

  /** The segment if it is loaded. */
  heldSegment(id: number): SealedSegment | undefined {
    return this.#segments.get(id)?.segment;
  }

  /** Reads the view again and the delete files that the stream has not delivered. Concurrent calls share one reading. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const view = await this.#host.readView(this.collectionId);
    if (!view) return;
    for (const file of view.deleteFiles) {
      if (file.toTimestamp <= this.#applied.current || this.#loadedDeleteFiles.has(file.id)) continue;
      await this.receive(await this.#host.loadDeleteFile(file));
      this.#loadedDeleteFiles.add(file.id);
    }
    this.#view = view;
    const start = coveredByFiles(view);
    if (start > this.#streamStart) this.#streamStart = start;
    this.#applied.advance(start);
    if (view.segments.length > 0) this.#deletes.prune(oldestApplied(view));
    this.#host.changed();
  }

  /** Waits until every delete up to `timestamp` is applied. */
  reach(timestamp: Timestamp, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return this.#applied.reach(timestamp, timeoutMs, signal);
  }

  /** The segment, loading it first if need be. `segmentNotFound` when the current view does not name it. */
  async segment(id: number): Promise<SealedSegment> {
    return this.heldSegment(id) ?? this.#whole(id);
  }

  /** Loaded with every field that was chosen. */
  #isWhole(id: number): boolean {
    return this.heldSegment(id)?.hasLoaded(this.#record.loadedFieldIds) ?? false;
  }

  /** Loads it, again if it lacks fields: until then the one that is there answers. */
  async #whole(id: number): Promise<SealedSegment> {
    if (!this.#recordOf(id)) await this.refresh();
    const record = this.#recordOf(id);
    if (!record) {
      throw new BraidError(
        'segmentNotFound',
        `segment ${id} is not in view ${this.#view?.version ?? 0} of collection ${this.collectionId}`,
      );
    }
    return this.#load(record);
  }

  /** Makes `wanted` the segments to hold: marks the others for `release`, loads what is missing (a few at a time). */
  async hold(wanted: ReadonlySet<number>, nowMs: number): Promise<void> {
    this.#wanted = wanted;
    for (const [id, held] of this.#segments) {
      if (wanted.has(id)) held.unwantedSinceMs = undefined;
      else held.unwantedSinceMs ??= nowMs;
    }
    const missing = [...wanted].filter((id) => !this.#isWhole(id));
    const lane = async (): Promise<void> => {
      for (let id = missing.pop(); id !== undefined && !this.signal.aborted; id = missing.pop()) {
        // A load that was under way may be of fewer fields.
        while (!this.#isWhole(id) && !this.signal.aborted) await this.#whole(id);
      }
    };
    await Promise.all(Array.from({ length: READER_LIMITS.concurrentLoadsMax }, lane));
  }

  #recordOf(id: number): SegmentRecord | undefined {
    return this.#view?.segments.find((segment) => segment.id === id);
  }

  #load(record: SegmentRecord): Promise<SealedSegment> {
    let loading = this.#loading.get(record.id);
    if (!loading) {
      loading = this.#loadNow(record).finally(() => this.#loading.delete(record.id));
      this.#loading.set(record.id, loading);
    }
    return loading;
  }

  async #loadNow(record: SegmentRecord): Promise<SealedSegment> {
    const collection = this.#record;
    const segment = await this.#host.loadSegment(record, collection, this.signal);
    // In one turn: nothing is left to catch up with, and it is there for the next deletes.
    await this.#deletes.applyTo(segment, () => {
      if (this.signal.aborted) return;
      const before = this.heldSegment(record.id);
      // Reads that were given it take their snapshots in this turn.
      if (before) setImmediate(() => before.close());
      this.#segments.set(record.id, { segment, record, unwantedSinceMs: undefined });
    });
    if (this.signal.aborted) {
      segment.close();
      throw new BraidError('cancelled', `collection ${this.collectionId} was released`);
    }
    // What was changed meanwhile was told to the segments that were there.
    if (this.#record !== collection) await this.#follow(segment);
    this.#host.changed();
    return segment;
  }

  async #follow(segment: SealedSegment): Promise<void> {
    segment.updateSchema(this.#record.schema);
    await segment.configureIndexes(this.#record.indexes);
  }

  /** Lets go of segments that were not wanted for a while and that others have taken over; `takenOver` says which of these ids have been. */
  async release(
    wanted: ReadonlySet<number>,
    nowMs: number,
    takenOver: (ids: readonly number[]) => Promise<ReadonlySet<number>>,
  ): Promise<void> {
    if (nowMs - this.#releasedAtMs < READER_LIMITS.handoverCheckMs) return;
    const isUnwanted = (held: HeldSegment, sinceMs: number): boolean =>
      held.unwantedSinceMs !== undefined && nowMs - held.unwantedSinceMs >= sinceMs;
    const unwanted = [...this.#segments].filter(
      ([id, held]) => !wanted.has(id) && isUnwanted(held, READER_LIMITS.releaseDelayMs),
    );
    if (unwanted.length === 0) return;
    this.#releasedAtMs = nowMs;
    const taken = await takenOver(unwanted.map(([id]) => id));
    for (const [id, held] of unwanted) {
      // It may be wanted again since, or gone with the collection.
      if (held.unwantedSinceMs === undefined || this.#segments.get(id) !== held) continue;
      if (!taken.has(id) && !isUnwanted(held, READER_LIMITS.handoverMsMax)) continue;
      this.#segments.delete(id);
      held.segment.close();
      await this.#host.forgetSegment(held.record);
      this.#host.changed();
    }
  }

  streamStart(): Timestamp {
    return this.#applied.current > this.#streamStart ? this.#applied.current : this.#streamStart;
  }

  async receive(deletes: DeleteBatch): Promise<void> {
    for (const [place, piece] of deletePieces(deletes).entries()) {
      if (place > 0) await nextTurn();
      this.#deletes.add(piece);
      for (const held of this.#segments.values()) held.segment.applyDeletes(piece);
    }
  }

  advance(watermark: Timestamp): void {
    this.#applied.advance(watermark);
  }

  async catchUp(oldest: Timestamp): Promise<void> {
    await this.refresh();
    // Without segments there is nothing an older delete could mask: start where the writer can.
    if (this.#view?.segments.length === 0 && oldest > this.#streamStart) this.#streamStart = oldest;
  }

  close(): void {
    this.#closing.abort();
    for (const held of this.#segments.values()) held.segment.close();
    this.#segments.clear();
    this.#deletes.clear();
  }
}

/** Deletes up to here are in the delete files or in the segments' own masks. */
function coveredByFiles(view: View): Timestamp {
  let covered = view.segments.length > 0 ? oldestApplied(view) : 0n;
  for (const file of view.deleteFiles) if (file.toTimestamp > covered) covered = file.toTimestamp;
  return covered;
}

function oldestApplied(view: View): Timestamp {
  return view.segments.reduce(
    (oldest, segment) => (segment.deletesAppliedTimestamp < oldest ? segment.deletesAppliedTimestamp : oldest),
    view.segments[0]!.deletesAppliedTimestamp,
  );
}
