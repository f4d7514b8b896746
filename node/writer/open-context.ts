import { join } from 'node:path';
import { ROOT_PASSWORD_DEFAULT } from '../../core/access/access-records.ts';
import type { Clock } from '../../core/clock.ts';
import type { CompactionJobRecord } from '../../core/compaction-job.ts';
import { assert, BraidError } from '../../core/errors.ts';
import type { ImportJobRecord } from '../../core/import-job.ts';
import type { WriteAheadLog } from '../../plugins/log/log.ts';
import type { Lease, MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { DeleteFileStore } from '../builder/delete-file-store.ts';
import { SegmentStore } from '../builder/segment-store.ts';
import { builtInAccess } from './access/access-commands.ts';
import { AccessState } from './access/access-state.ts';
import { CatalogState, DEFAULT_DATABASE, DEFAULT_DATABASE_ID } from './catalog/catalog-state.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { IdAllocator } from './id-allocator.ts';
import { JobBook } from './job-book.ts';
import type { JobObserver } from './job-ended.ts';
import { Leadership } from './leadership.ts';
import { WRITER_LIMITS } from './limits.ts';
import { recover } from './recover.ts';
import { residentsOf } from './residents-of.ts';
import { Sealer } from './sealer.ts';
import { TimestampOracle } from './timestamp-oracle.ts';
import { WritableCollection } from './writable-collection.ts';
import { WriteQueue } from './write-queue.ts';
import { applyChanges, type WriterContext } from './writer-context.ts';
import type { WriterSettings } from './writer-settings.ts';

/** Segments on their way to and from storage; emptied at every start, so nothing else may lie in it. */
const SCRATCH_FOLDER = 'writer-scratch';

export interface ContextOptions {
  readonly nodeId: string;
  readonly dataFolder: string;
  readonly metadata: MetadataStore;
  readonly log: WriteAheadLog;
  readonly storage: ObjectStorage;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly settings: WriterSettings;
  /** That the user root is created with; Milvus' default where there is none. */
  readonly rootPassword?: string;
  readonly changed: () => void;
  /** Told of every seal, compaction and import. */
  readonly jobEnded?: JobObserver;
  readonly onFatal: (error: BraidError) => void;
  /** Extends the lease by other means too, as long as the process lives and is not stuck. */
  readonly guardLease?: (lease: Lease, ttlMs: number) => Promise<AsyncDisposable>;
  /** Ends the wait for leadership and the replay. */
  readonly signal: AbortSignal;
}

/** A writer that leads and has everything in memory again. Disposing of it gives the lease and the data folder back. */
export interface OpenedContext extends AsyncDisposable {
  readonly context: WriterContext;
  readonly sealer: Sealer;
  /** Bulk imports on record, also those that were under way. */
  readonly importJobs: readonly ImportJobRecord[];
  /** Compactions that clients asked for, also those that were under way. */
  readonly compactionJobs: readonly CompactionJobRecord[];
  /** Ends the waits of everything that runs in the background. */
  abort(): void;
}

/**
 * Becomes the writer: the data folder, then the lease, then the log of the new term, which ends the log of earlier ones, then timestamps and ids above all that were ever used,
 * then the catalog and the replay of the log. Interrupted anywhere it may simply be done again.
 */
export async function openContext(options: ContextOptions): Promise<OpenedContext> {
  const { metadata, log, storage, clock, logger, settings, signal } = options;
  await using stack = new AsyncDisposableStack();
  const closing = new AbortController();
  const stopOpening = () => closing.abort(signal.reason);
  signal.addEventListener('abort', stopOpening, { once: true });
  stack.defer(() => signal.removeEventListener('abort', stopOpening));
  const lock = stack.use(await lockDataFolder(options.dataFolder, logger, signal));
  const holder = `${options.nodeId}@${lock.folderId}`;
  const onLost = options.onFatal;
  const claim = { id: log.id, abandonsOther: settings.abandonLog };
  const leadership = stack.use(
    await Leadership.acquire(
      { metadata, holder, log: claim, ttlMs: settings.leaseTtlMs, clock, logger, onLost },
      signal,
    ),
  );
  if (options.guardLease) stack.use(await options.guardLease(leadership.lease, settings.leaseTtlMs));
  const { term } = leadership;
  logger.info({ term, holder }, 'this writer leads, its log begins');
  const onTermLost = (error: BraidError) => leadership.lose(error);
  await log.begin(term);
  const oracle = stack.use(await TimestampOracle.start({ metadata, term, clock, logger, onTermLost }));
  const ids = await IdAllocator.start(metadata, term, onTermLost);
  const segmentStore = new SegmentStore(storage, join(options.dataFolder, SCRATCH_FOLDER), term);
  await segmentStore.clean();
  const { inFlightBytesMax } = settings;
  // Everything before this term is replayed, everything in it follows.
  const startPosition = { term, sequence: 0 };
  const queue = new WriteQueue({ log, leadership, oracle, inFlightBytesMax, startPosition, onFatal: options.onFatal });
  const jobEnded = options.jobEnded ?? (() => {});
  const context: WriterContext = {
    metadata,
    log,
    storage,
    clock,
    logger,
    settings,
    leadership,
    oracle,
    ids,
    queue,
    catalog: new CatalogState(await metadata.readCatalog()),
    access: new AccessState(await metadata.readAccess()),
    collections: new Map(),
    segmentStore,
    deleteFileStore: new DeleteFileStore(storage, term),
    signal: closing.signal,
    changed: options.changed,
    jobEnded,
    jobs: new JobBook(clock, jobEnded, closing.signal),
  };
  const sealer = new Sealer(context);
  await createDefaultDatabase(context);
  await createBuiltInAccess(context, options.rootPassword ?? ROOT_PASSWORD_DEFAULT);
  await openCollections(context);
  const begin = sealer.begin.bind(sealer);
  const { timestamp } = await recover({ log, collections: context.collections, logger, signal, begin });
  assert(timestamp < oracle.now(), 'timestamps of this term are above those of the log');
  signal.removeEventListener('abort', stopOpening);
  const importJobs = await metadata.readImportJobs();
  const compactionJobs = await metadata.readCompactionJobs();
  const kept = stack.move();
  return {
    context,
    sealer,
    importJobs,
    compactionJobs,
    abort: () => closing.abort(new BraidError('serviceUnavailable', 'this writer is closing')),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function createDefaultDatabase(context: WriterContext): Promise<void> {
  if (context.catalog.findDatabase(DEFAULT_DATABASE)) return;
  const createdTimestamp = context.oracle.next();
  const database = { id: DEFAULT_DATABASE_ID, name: DEFAULT_DATABASE, createdTimestamp, properties: {} };
  await applyChanges(context, [{ kind: 'putDatabase', database }]);
}

async function createBuiltInAccess(context: WriterContext, rootPassword: string): Promise<void> {
  const changes = await builtInAccess(context.access, rootPassword);
  if (changes.length > 0) await applyChanges(context, changes);
}

async function openCollections(context: WriterContext): Promise<void> {
  const { metadata, catalog, collections, oracle } = context;
  const checkpoints = await metadata.readCheckpoints();
  const retired = await metadata.readRetired(WRITER_LIMITS.retiredReadMax);
  for (const record of catalog.collections) {
    const view = await metadata.readView(record.id);
    assert(view, `collection ${record.id} has a view`);
    const isOwn = ({ collectionId }: { collectionId: number }) => collectionId === record.id;
    collections.set(
      record.id,
      new WritableCollection({
        record,
        view,
        retired: { segments: retired.segments.filter(isOwn), deleteFiles: retired.deleteFiles.filter(isOwn) },
        checkpoint: checkpoints.get(record.id),
        // The newest delete may be known to segments only; a reader that has followed this term is not behind it.
        lastDeleteTimestamp: view.segments.length > 0 ? oracle.now() : 0n,
        residents: (collection) => residentsOf(context, collection),
      }),
    );
  }
}
