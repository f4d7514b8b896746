import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { WriteAheadLog } from '../../plugins/log/log.ts';
import type { CatalogChange, MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import type { DeleteFileStore } from '../builder/delete-file-store.ts';
import type { SegmentStore } from '../builder/segment-store.ts';
import type { AccessState } from './access/access-state.ts';
import type { CatalogState } from './catalog/catalog-state.ts';
import type { IdAllocator } from './id-allocator.ts';
import type { JobBook } from './job-book.ts';
import type { JobObserver } from './job-ended.ts';
import type { Leadership } from './leadership.ts';
import { WRITER_LIMITS } from './limits.ts';
import type { TimestampOracle } from './timestamp-oracle.ts';
import { waitMs } from './wait.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriteQueue } from './write-queue.ts';
import type { WriterSettings } from './writer-settings.ts';

/** What the parts of one writer share, from the moment it leads. */
export interface WriterContext {
  readonly metadata: MetadataStore;
  readonly log: WriteAheadLog;
  readonly storage: ObjectStorage;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly settings: WriterSettings;
  readonly leadership: Leadership;
  readonly oracle: TimestampOracle;
  readonly ids: IdAllocator;
  readonly queue: WriteQueue;
  readonly catalog: CatalogState;
  readonly access: AccessState;
  readonly collections: Map<number, WritableCollection>;
  readonly segmentStore: SegmentStore;
  readonly deleteFileStore: DeleteFileStore;
  /** Aborts when the writer closes. */
  readonly signal: AbortSignal;
  /** Something that the status shows has changed. */
  readonly changed: () => void;
  /** Told of imports; of seals and compactions by the book. */
  readonly jobEnded: JobObserver;
  readonly jobs: JobBook;
}

/** Throws `collectionNotFound`. */
export function requireCollection(context: WriterContext, collectionId: number): WritableCollection {
  const collection = context.collections.get(collectionId);
  if (collection) return collection;
  throw new BraidError('collectionNotFound', `can't find collection[collection=${collectionId}]`);
}

/**
 * Applies changes to the metadata store and follows them in the catalog. While the store cannot be reached it tries again with the same operation id, so
 * that the outcome is known when it resolves, to the new version of the catalog.
 */
export async function applyChanges(context: WriterContext, changes: readonly CatalogChange[]): Promise<number> {
  const { metadata, leadership, logger, catalog, access } = context;
  const operationId = randomUUID();
  for (;;) {
    try {
      const version = await metadata.apply(leadership.term, operationId, changes);
      catalog.applied(changes, version);
      access.applied(changes);
      context.changed();
      return version;
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (error.kind === 'termLost') leadership.lose(error);
      if (error.kind !== 'serviceUnavailable') throw thrown;
      logger.warn({ operationId, reason: error.message }, 'a change of the metadata has no answer yet, trying again');
      await waitMs(WRITER_LIMITS.metadataRetryMs, context.signal);
    }
  }
}
