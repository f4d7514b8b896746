import type { CollectionRecord, DeleteFileRecord, SegmentRecord, View } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { type LogPosition, logPositionFromString } from '../../plugins/log/log.ts';
import type { Checkpoint, RetiredObjects } from '../../plugins/metadata/metadata.ts';
import { WorkLane } from '../builder/work-lane.ts';
import type { DeleteBatch } from '../segment/segment.ts';
import { DeleteBuffer } from './delete-buffer.ts';
import type { ResidentSegments } from './resident-segments.ts';
import type { UnsealedSegment } from './unsealed-segment.ts';

export interface WritableCollectionOptions {
  readonly record: CollectionRecord;
  readonly view: View;
  /** Of this collection. */
  readonly retired: RetiredObjects;
  readonly checkpoint: Checkpoint | undefined;
  /** No delete before this term is younger. */
  readonly lastDeleteTimestamp: Timestamp;
  readonly residents: (collection: WritableCollection) => ResidentSegments;
}

/** What a publish transaction has done. */
export interface Published {
  readonly added: readonly SegmentRecord[];
  readonly retiredSegmentIds: readonly number[];
  readonly addedDeleteFiles: readonly DeleteFileRecord[];
  readonly retiredDeleteFileIds: readonly number[];
  readonly checkpoint: Checkpoint;
  readonly sealedTimestamp: Timestamp;
  readonly atMs: number;
}

/**
 * One collection as the writer holds it: which rows lie where. A row is in exactly one of: an unsealed segment, a live segment, a retired one whose
 * rows have gone on into another. The state changes in single turns of the event loop, so that a read never meets it in between.
 */
export class WritableCollection {
  readonly id: number;
  record: CollectionRecord;
  /** Growing, and frozen but not published. */
  readonly unsealed = new Map<number, UnsealedSegment>();
  /** Segments of the newest view. */
  readonly live = new Map<number, SegmentRecord>();
  /** No longer in the view, but still on storage. */
  readonly retired = new Map<number, SegmentRecord>();
  readonly residents: ResidentSegments;
  readonly deletes: DeleteBuffer;
  /** Keys of deletes and upserts that have their place in the order and are not applied yet. */
  readonly deletesInFlight = new Set<KeyList>();
  lastDeleteTimestamp: Timestamp;
  lastInsertTimestamp: Timestamp;
  /** Publishing, and every other change of what is live, goes one by one. */
  readonly publishing = new WorkLane();
  #liveDeleteFiles: readonly DeleteFileRecord[];
  #retiredDeleteFiles: readonly DeleteFileRecord[];
  #viewVersion: number;
  #sealedTimestamp: Timestamp;
  #checkpoint: Checkpoint | undefined;
  #oldestAnswerable = 0;
  #isDropped = false;
  #versionWaiters: (() => void)[] = [];

  constructor(options: WritableCollectionOptions) {
    const { record, view, retired } = options;
    this.id = record.id;
    this.record = record;
    this.#viewVersion = view.version;
    this.#sealedTimestamp = view.sealedTimestamp;
    this.#checkpoint = options.checkpoint;
    for (const segment of view.segments) this.live.set(segment.id, segment);
    for (const segment of retired.segments) this.retired.set(segment.id, segment);
    this.#liveDeleteFiles = view.deleteFiles;
    this.#retiredDeleteFiles = retired.deleteFiles;
    this.lastDeleteTimestamp = options.lastDeleteTimestamp;
    // No more is known of inserts before this term, either.
    this.lastInsertTimestamp = options.lastDeleteTimestamp;
    this.deletes = new DeleteBuffer(this.#neededFrom(), this.filedTo);
    this.residents = options.residents(this);
    this.#raiseOldestAnswerable();
  }

  /** Of rows, deletes and the record: whoever has seen this has seen all there is, but for what imports and truncations publish. */
  get lastWriteTimestamp(): Timestamp {
    const { lastInsertTimestamp, lastDeleteTimestamp, record } = this;
    const lastRow = lastInsertTimestamp > lastDeleteTimestamp ? lastInsertTimestamp : lastDeleteTimestamp;
    return lastRow > record.updatedTimestamp ? lastRow : record.updatedTimestamp;
  }

  get viewVersion(): number {
    return this.#viewVersion;
  }

  get sealedTimestamp(): Timestamp {
    return this.#sealedTimestamp;
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint;
  }

  get checkpointPosition(): LogPosition | undefined {
    return this.#checkpoint && logPositionFromString(this.#checkpoint.position);
  }

  get liveDeleteFiles(): readonly DeleteFileRecord[] {
    return this.#liveDeleteFiles;
  }

  /** Where the deletes in files end. */
  get filedTo(): Timestamp {
    return latest([...this.#liveDeleteFiles, ...this.#retiredDeleteFiles].map((file) => file.toTimestamp));
  }

  /**
   * As few files as hold all filed deletes after `timestamp`, by ascending timestamps. Files merged into others are still there for a while, so ranges overlap; between
   * ranges lies nothing that any segment needs.
   */
  deleteFilesAfter(timestamp: Timestamp): readonly DeleteFileRecord[] {
    let left = [...this.#liveDeleteFiles, ...this.#retiredDeleteFiles].filter((file) => file.toTimestamp > timestamp);
    const chosen: DeleteFileRecord[] = [];
    let reached = timestamp;
    while (left.length > 0) {
      const next = left.reduce((best, file) => (isBetterCover(file, best, reached) ? file : best));
      chosen.push(next);
      reached = next.toTimestamp;
      left = left.filter((file) => file.toTimestamp > reached);
    }
    return chosen;
  }

  /** Of the rows in memory, indexes included. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const { segment } of this.unsealed.values()) bytes += segment.memoryBytes;
    for (const segment of this.residents.segments) bytes += segment.memoryBytes;
    return bytes;
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** The segment that takes new rows of a partition, if there is one. */
  openSegment(partitionId: number): UnsealedSegment | undefined {
    for (const segment of this.unsealed.values()) {
      if (segment.partitionId === partitionId && segment.isOpen) return segment;
    }
    return undefined;
  }

  /** Masks rows in everything that is in memory. */
  applyDeletes(batch: DeleteBatch): void {
    for (const { segment } of this.unsealed.values()) segment.applyDeletes(batch);
    this.residents.applyDeletes(batch);
  }

  /** Reads of older views than the current one are refused from now on: their rows are gone, and the readers still have a part of them. */
  endOlderViews(): void {
    this.#oldestAnswerable = this.#viewVersion;
  }

  /**
   * Published segments that were sealed from the log after `viewVersion`, retired ones included if their rows went on into a compacted segment. Throws
   * `segmentNotFound` for a version whose segments are no longer all on storage.
   */
  sealedAfter(viewVersion: number): readonly SegmentRecord[] {
    if (viewVersion < this.#oldestAnswerable) {
      throw new BraidError(
        'segmentNotFound',
        `view ${viewVersion} of collection ${this.id} is too old, rows are kept for ${this.#oldestAnswerable} and later`,
      );
    }
    const isWanted = (segment: SegmentRecord) =>
      segment.compactedFrom.length === 0 && segment.createdVersion > viewVersion;
    const found = [...this.live.values()].filter(isWanted);
    const retired = [...this.retired.values()].filter(isWanted);
    if (retired.length === 0) return found;
    const goneOn = new Set(this.#known().flatMap((segment) => segment.compactedFrom));
    return [...found, ...retired.filter((segment) => goneOn.has(segment.id))];
  }

  /** The oldest delete timestamp from which on some segment of the log of deletes is needed; undefined while there is no segment. */
  oldestDeletesApplied(): Timestamp | undefined {
    let oldest: Timestamp | undefined;
    for (const { deletesAppliedTimestamp: applied } of this.#known()) {
      if (oldest === undefined || applied < oldest) oldest = applied;
    }
    return oldest;
  }

  /** Resolves when the view has this version or the collection is gone. */
  async reached(viewVersion: number): Promise<void> {
    while (this.#viewVersion < viewVersion && !this.#isDropped) {
      await new Promise<void>((resolve) => this.#versionWaiters.push(resolve));
    }
  }

  /** Follows a publish transaction. */
  published(change: Published): void {
    this.#viewVersion++;
    for (const id of change.retiredSegmentIds) {
      const retired = { ...this.live.get(id)!, retiredVersion: this.#viewVersion, retiredAtMs: change.atMs };
      this.live.delete(id);
      this.retired.set(id, retired);
    }
    for (const segment of change.added) this.live.set(segment.id, { ...segment, createdVersion: this.#viewVersion });
    const gone = new Set(change.retiredDeleteFileIds);
    const leaving = this.#liveDeleteFiles.filter((file) => gone.has(file.id));
    const staying = this.#liveDeleteFiles.filter((file) => !gone.has(file.id));
    this.#retiredDeleteFiles = [...this.#retiredDeleteFiles, ...leaving];
    this.#liveDeleteFiles = [...staying, ...change.addedDeleteFiles];
    this.#checkpoint = change.checkpoint;
    if (change.sealedTimestamp > this.#sealedTimestamp) this.#sealedTimestamp = change.sealedTimestamp;
    this.#wake();
  }

  /** Garbage collection has removed these from storage. */
  forgotten(segmentIds: readonly number[], deleteFileIds: readonly number[]): void {
    for (const id of segmentIds) this.retired.delete(id);
    this.#retiredDeleteFiles = this.#retiredDeleteFiles.filter((file) => !deleteFileIds.includes(file.id));
    this.#raiseOldestAnswerable();
  }

  drop(): void {
    this.#isDropped = true;
    for (const segment of this.unsealed.values()) segment.drop();
    this.unsealed.clear();
    this.residents.close();
    this.#wake();
  }

  #known(): readonly SegmentRecord[] {
    return [...this.live.values(), ...this.retired.values()];
  }

  /**
   * A segment whose inputs have left storage was published when its predecessors had been retired for the whole grace time: older views cannot
   * be completed any more.
   */
  #raiseOldestAnswerable(): void {
    for (const segment of this.#known()) {
      const isWhole = segment.compactedFrom.every((id) => this.live.has(id) || this.retired.has(id));
      if (!isWhole) this.#oldestAnswerable = Math.max(this.#oldestAnswerable, segment.createdVersion - 1);
    }
  }

  /** Readers ask for the deletes after the last file; without a file, for those that some segment has not applied. */
  #neededFrom(): Timestamp {
    if (this.#liveDeleteFiles.length > 0) return latest(this.#liveDeleteFiles.map((file) => file.toTimestamp));
    const applied = [...this.live.values()].map((segment) => segment.deletesAppliedTimestamp);
    return (
      applied.reduce<Timestamp | undefined>((low, one) => (low === undefined || one < low ? one : low), undefined) ?? 0n
    );
  }

  #wake(): void {
    for (const wake of this.#versionWaiters.splice(0)) wake();
  }
}

/** Of the files that begin at or before `reached` the one that ends last; if there is none, the one that begins first. */
function isBetterCover(file: DeleteFileRecord, best: DeleteFileRecord, reached: Timestamp): boolean {
  const begins = file.fromTimestamp <= reached;
  const bestBegins = best.fromTimestamp <= reached;
  if (begins !== bestBegins) return begins;
  if (begins || file.fromTimestamp === best.fromTimestamp) return file.toTimestamp > best.toTimestamp;
  return file.fromTimestamp < best.fromTimestamp;
}

function latest(timestamps: readonly Timestamp[]): Timestamp {
  return timestamps.reduce((high, one) => (one > high ? one : high), 0n);
}
