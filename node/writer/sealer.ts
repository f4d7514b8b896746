import { toBraidError } from '../../core/errors.ts';
import { compareLogPositions, type LogPosition, logPositionToString } from '../../plugins/log/log.ts';
import { sealSegment } from '../builder/build-segment.ts';
import { WorkLane } from '../builder/work-lane.ts';
import { GrowingSegment } from '../segment/growing-segment.ts';
import type { JobDone } from './job-book.ts';
import { neededAfter, publish } from './publish.ts';
import { UnsealedSegment } from './unsealed-segment.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

/** Turns growing segments into published ones, one build at a time. */
export class Sealer {
  readonly #context: WriterContext;
  readonly #builds = new WorkLane();
  readonly #truncations = new WorkLane();
  #truncatedTo: LogPosition | undefined;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  /** The growing segment for a write; one that would become too large by it is sent to be sealed. */
  choose(collection: WritableCollection, partitionId: number, rowCount: number, byteLength: number): UnsealedSegment {
    const { segmentRowsMax, segmentBytesMax } = this.#context.settings;
    const open = collection.openSegment(partitionId);
    if (open) {
      const isFull =
        open.assignedRows > 0 &&
        (open.assignedRows + rowCount > segmentRowsMax || open.assignedBytes + byteLength > segmentBytesMax);
      if (!isFull) return open;
      this.sealInBackground(collection, open);
    }
    return this.begin(collection, partitionId, this.#context.ids.next());
  }

  /** A new growing segment. */
  begin(collection: WritableCollection, partitionId: number, id: number): UnsealedSegment {
    const { schema, indexes } = collection.record;
    const segment = new GrowingSegment({ id, partitionId, schema, indexes });
    const unsealed = new UnsealedSegment(segment, this.#context.clock.monotonicMs());
    collection.unsealed.set(id, unsealed);
    return unsealed;
  }

  /** Resolves when the segment's rows are published (or dropped). The segment takes no more writes. Callers share one seal. */
  seal(collection: WritableCollection, unsealed: UnsealedSegment): Promise<void> {
    unsealed.detach();
    unsealed.sealing ??= this.#seal(collection, unsealed)
      .catch((error) => {
        unsealed.failedAtMs = this.#context.clock.monotonicMs();
        throw error;
      })
      .finally(() => {
        unsealed.sealing = undefined;
      });
    return unsealed.sealing;
  }

  /** A failure is logged; the background tries again later. */
  sealInBackground(collection: WritableCollection, unsealed: UnsealedSegment): void {
    this.seal(collection, unsealed).catch((thrown) => {
      if (this.#context.signal.aborted) return;
      const reason = toBraidError(thrown).message;
      const fields = { collectionId: collection.id, segmentId: unsealed.id, reason };
      this.#context.logger.error(fields, 'a segment could not be sealed, its rows stay in memory and in the log');
    });
  }

  /** Writes the deletes of a collection to a file, so that they need the log no longer. */
  async fileDeletes(collection: WritableCollection): Promise<void> {
    await collection.publishing.run(async () => {
      if (collection.isDropped) return;
      await publish(this.#context, collection, { addSegments: [], retireSegmentIds: [], leaving: [] });
    });
    await this.truncateLog();
  }

  /** Frees the part of the log that no collection needs. */
  truncateLog(): Promise<void> {
    return this.#truncations.run(async () => {
      const { log, logger, queue, collections } = this.#context;
      let position = queue.appliedPosition;
      for (const collection of collections.values()) {
        const needed = neededAfter(collection)?.position;
        if (needed && compareLogPositions(needed, position) < 0) position = needed;
      }
      if (this.#truncatedTo && compareLogPositions(position, this.#truncatedTo) <= 0) return;
      try {
        await log.truncate(position);
        this.#truncatedTo = position;
      } catch (thrown) {
        const fields = { position: logPositionToString(position), reason: toBraidError(thrown).message };
        logger.warn(fields, 'the log could not be truncated, trying again later');
      }
    });
  }

  /** Resolves when no build is under way. */
  idle(): Promise<void> {
    return this.#builds.idle();
  }

  async #seal(collection: WritableCollection, unsealed: UnsealedSegment): Promise<void> {
    await unsealed.drained();
    if (unsealed.isDropped) return;
    unsealed.segment.freeze();
    if (unsealed.segment.rowCount === 0) {
      collection.unsealed.delete(unsealed.id);
      unsealed.segment.close();
      return;
    }
    const begin = { kind: 'seal', collectionId: collection.id, sourceIds: [unsealed.id] } as const;
    await this.#builds.run(() =>
      this.#context.jobs.record(begin, (done) => this.#buildAndPublish(collection, unsealed, done)),
    );
    await this.truncateLog();
  }

  /** Every row has been deleted or replaced: nothing is written, only the log moves on. */
  async #publishEmpty(collection: WritableCollection, unsealed: UnsealedSegment): Promise<void> {
    await collection.publishing.run(async () => {
      if (collection.isDropped || unsealed.isDropped) return;
      await publish(this.#context, collection, {
        addSegments: [],
        retireSegmentIds: [],
        leaving: [unsealed],
        switched: () => unsealed.segment.close(),
      });
    });
  }

  async #buildAndPublish(collection: WritableCollection, unsealed: UnsealedSegment, done: JobDone): Promise<void> {
    if (unsealed.isDropped) return;
    const { segmentStore, queue, signal, logger } = this.#context;
    const { segment } = unsealed;
    if (segment.deletedCount === segment.rowCount) return this.#publishEmpty(collection, unsealed);
    const startMs = performance.now();
    const built = await sealSegment(segmentStore, segment, {
      collectionId: collection.id,
      deletesApplied: () => queue.settledTimestamp(),
      signal,
    });
    try {
      await collection.publishing.run(async () => {
        if (collection.isDropped || unsealed.isDropped) return;
        await publish(this.#context, collection, {
          addSegments: [built.record],
          retireSegmentIds: [],
          leaving: [unsealed],
          switched: () => collection.residents.keep(unsealed.id, { segment, release: () => segment.close() }),
        });
      });
    } finally {
      await built.end();
    }
    const { rowCount, byteLength } = built.record;
    const elapsedMs = Math.round(performance.now() - startMs);
    done(rowCount);
    logger.info(
      { collectionId: collection.id, segmentId: segment.id, rowCount, byteLength, elapsedMs },
      'segment sealed',
    );
  }
}
