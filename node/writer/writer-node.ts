import type { Tracer } from '@opentelemetry/api';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type * as wire from '../../proto/generated/node.ts';
import { type ProgramInfo, UNKNOWN_PROGRAM } from '../../proto/node-protocol/program-info.ts';
import type { WriterShard } from '../../proto/node-protocol/shard.ts';
import { StatusFeed } from '../../proto/node-protocol/status-feed.ts';
import { tagCall } from '../../telemetry/log/call-scope.ts';
import { GarbageCollector } from '../builder/garbage-collector.ts';
import { countSegments } from '../segment/held-segments.ts';
import type { ReadObserver } from '../segment/read-observer.ts';
import { Admission } from './admission.ts';
import { Background } from './background.ts';
import { CallSignal } from './call-signal.ts';
import { CatalogCommands } from './catalog/catalog-commands.ts';
import { decodeCommand, encodeResult } from './catalog/command-json.ts';
import { CatalogFollower } from './catalog-follower.ts';
import { collectStatistics } from './collect-statistics.ts';
import { Compactor } from './compactor.ts';
import { flushCollections } from './flush-collections.ts';
import { garbageOptions } from './garbage-options.ts';
import { ImportJobs } from './import/import-jobs.ts';
import { IndexStates } from './index-states.ts';
import { listWaitingIndexes } from './list-waiting-indexes.ts';
import { type ContextOptions, type OpenedContext, openContext } from './open-context.ts';
import { RowReader } from './row-reader.ts';
import { streamDeletes } from './stream-deletes.ts';
import { abortable } from './wait.ts';
import { writeDeletes } from './write-deletes.ts';
import { writeRows } from './write-rows.ts';
import { requireCollection, type WriterContext } from './writer-context.ts';
import { countStored, type WriterCounts } from './writer-counts.ts';

export interface WriterDependencies extends Omit<ContextOptions, 'changed' | 'onFatal'> {
  /** As other nodes reach it, or `local`. */
  readonly address: string;
  /** Called once when this writer can no longer be one (its term is over, its log failed): the process should exit and start again. */
  readonly onFatal: (error: BraidError) => void;
  /** For a span per segment of a read. */
  readonly tracer?: Tracer;
  /** Told where its reads spend their time. */
  readonly readObserver?: ReadObserver;
  /** What the status says of the program; unknown by default. */
  readonly program?: ProgramInfo;
}

/** Waits until it leads, replays the log, and answers from then on. The plugins stay the caller's to close, after the node. */
export async function openWriterNode(dependencies: WriterDependencies): Promise<WriterNode> {
  // Both may be called before the node is there.
  let node: WriterNode | undefined;
  let failure: BraidError | undefined;
  const onFatal = (error: BraidError) => {
    if (failure) return;
    failure = error;
    node?.fail(error);
    dependencies.onFatal(error);
  };
  const opened = await openContext({ ...dependencies, changed: () => node?.changed(), onFatal });
  node = new WriterNode(dependencies, opened);
  if (failure) node.fail(failure);
  return node;
}

/** The writer as a shard of this process. */
export class WriterNode implements Omit<WriterShard, 'spans'> {
  readonly address: string;
  readonly #nodeId: string;
  readonly #program: ProgramInfo;
  readonly #opened: OpenedContext;
  readonly #context: WriterContext;
  readonly #admission: Admission;
  readonly #commands: CatalogCommands;
  readonly #compactor: Compactor;
  readonly #imports: ImportJobs;
  readonly #background: Background;
  readonly #reader: RowReader;
  readonly #indexStates: IndexStates;
  readonly #status: StatusFeed;
  /** It is about to leave. */
  #isDraining = false;
  /** It takes no more writes. */
  #isClosing = false;
  #closing: Promise<void> | undefined;

  constructor(dependencies: WriterDependencies, opened: OpenedContext) {
    this.address = dependencies.address;
    this.#nodeId = dependencies.nodeId;
    this.#program = dependencies.program ?? UNKNOWN_PROGRAM;
    this.#opened = opened;
    const { context, sealer } = opened;
    this.#context = context;
    this.#admission = new Admission(context.settings.unsealedBytesMax);
    this.#indexStates = new IndexStates(context.storage);
    this.#compactor = new Compactor(context, this.#indexStates, opened.compactionJobs);
    this.#imports = new ImportJobs(context, opened.importJobs);
    const garbage = new GarbageCollector(garbageOptions(context));
    const parts = { sealer, compactor: this.#compactor, garbage, admission: this.#admission };
    this.#background = new Background(context, parts);
    const follower = new CatalogFollower(context, () => this.#background.compactSoon());
    this.#commands = new CatalogCommands(context, follower);
    this.#reader = new RowReader(context, dependencies.tracer, dependencies.readObserver);
    this.#status = new StatusFeed((sequence) => this.#describe(sequence));
  }

  get term(): number {
    return this.#context.leadership.term;
  }

  search(request: wire.SearchRequest, signal: AbortSignal): Promise<wire.SearchResponse> {
    return this.#answer(request.context, signal, (call) => this.#reader.search(request, call));
  }

  query(request: wire.QueryRequest, signal: AbortSignal): Promise<wire.QueryResponse> {
    return this.#answer(request.context, signal, (call) => this.#reader.query(request, call));
  }

  fetch(request: wire.FetchRequest, signal: AbortSignal): Promise<wire.FetchResponse> {
    return this.#answer(request.context, signal, (call) => this.#reader.fetch(request, call));
  }

  termStatistics(request: wire.TermStatisticsRequest, signal: AbortSignal): Promise<wire.TermStatisticsResponse> {
    return this.#answer(request.context, signal, (call) => this.#reader.termStatistics(request, call));
  }

  insert(request: wire.InsertRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    return this.#write(request.context, signal, () => {
      const collection = requireCollection(this.#context, request.collectionId);
      this.#admission.admit(request.columns.reduce((sum, column) => sum + column.data.length, 0));
      const { sealer } = this.#opened;
      return writeRows(this.#context, collection, request, sealer.choose.bind(sealer));
    });
  }

  delete(request: wire.DeleteRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    return this.#write(request.context, signal, () => {
      const collection = requireCollection(this.#context, request.collectionId);
      return writeDeletes(this.#context, collection, request);
    });
  }

  timestamp(request: wire.TimestampRequest, signal: AbortSignal): Promise<wire.TimestampResponse> {
    return this.#answer(request.context, signal, async (call) => {
      const { leadership, oracle } = this.#context;
      await abortable(leadership.confirm(), call);
      const { collectionId } = request;
      if (collectionId === 0) return { now: oracle.now(), lastDelete: 0n, lastWrite: 0n, viewVersion: 0 };
      const collection = requireCollection(this.#context, collectionId);
      const { lastDeleteTimestamp: lastDelete, lastWriteTimestamp: lastWrite, viewVersion } = collection;
      return { now: oracle.now(), lastDelete, lastWrite, viewVersion };
    });
  }

  flush(request: wire.FlushRequest, signal: AbortSignal): Promise<wire.FlushResponse> {
    return this.#write(request.context, signal, () =>
      flushCollections(this.#context, this.#opened.sealer, request.collectionIds),
    );
  }

  compact(request: wire.CompactRequest, signal: AbortSignal): Promise<wire.CompactResponse> {
    return this.#write(request.context, signal, () =>
      this.#compactor.compactNow(requireCollection(this.#context, request.collectionId), request),
    );
  }

  job(request: wire.JobRequest, signal: AbortSignal): Promise<wire.JobResponse> {
    return this.#answer(request.context, signal, async () => this.#compactor.job(request.jobId));
  }

  importFiles(request: wire.ImportRequest, signal: AbortSignal): Promise<wire.ImportResponse> {
    return this.#write(request.context, signal, async () => ({ jobId: await this.#imports.start(request) }));
  }

  importJobs(request: wire.ImportJobsRequest, signal: AbortSignal): Promise<wire.ImportJobsResponse> {
    const { collectionId, jobId } = request;
    return this.#answer(request.context, signal, async () => ({ jobs: this.#imports.list(collectionId, jobId) }));
  }

  listJobs(request: wire.ListJobsRequest, signal: AbortSignal): Promise<wire.ListJobsResponse> {
    return this.#answer(request.context, signal, async () => {
      const { jobs, collections } = this.#context;
      return { jobs: jobs.list(), waiting: await listWaitingIndexes([...collections.values()], this.#indexStates) };
    });
  }

  catalog(request: wire.CatalogRequest, signal: AbortSignal): Promise<wire.CatalogResponse> {
    return this.#write(request.context, signal, async () => {
      const command = decodeCommand(request.commandJson);
      tagCall(() => ({ command: command.kind }));
      const { version, result } = await this.#commands.run(command);
      return { catalogVersion: version, resultJson: encodeResult(result) };
    });
  }

  statistics(request: wire.StatisticsRequest, signal: AbortSignal): Promise<wire.StatisticsResponse> {
    return this.#answer(request.context, signal, () => {
      const collection = requireCollection(this.#context, request.collectionId);
      return collectStatistics(collection, request.partitionIds, this.#indexStates);
    });
  }

  async *watchStatus(_request: wire.WatchStatusRequest, signal: AbortSignal): AsyncGenerator<wire.NodeStatus> {
    yield* this.#status.watch(AbortSignal.any([signal, this.#context.signal]));
  }

  async *watchDeletes(request: wire.WatchDeletesRequest, signal: AbortSignal): AsyncGenerator<wire.DeleteEvent> {
    const collection = requireCollection(this.#context, request.collectionId);
    yield* streamDeletes(this.#context, collection, request.afterTimestamp, signal);
  }

  /** One cycle of garbage collection now. */
  collectGarbage(): Promise<void> {
    return this.#background.collectGarbage();
  }

  /** For metrics. */
  describe(): WriterCounts {
    const { catalog, leadership, queue, log, collections } = this.#context;
    const databases = new Map(catalog.databases.map(({ id, name }) => [id, name]));
    return {
      catalogVersion: catalog.version,
      term: this.term,
      isLeaseTrusted: leadership.isTrusted,
      inFlightBytes: queue.inFlightBytes,
      logBytes: log.byteLength(),
      collections: Array.from(collections.values(), (collection) => ({
        id: collection.id,
        name: collection.record.name,
        database: databases.get(collection.record.databaseId) ?? '',
        partitions: collection.record.partitions.length,
        loadedPartitions: collection.record.partitions.filter(({ loaded }) => loaded).length,
        growing: countSegments(Array.from(collection.unsealed.values(), ({ segment }) => segment)),
        resident: countSegments(collection.residents.segments),
        published: countStored(collection.live.values()),
      })),
    };
  }

  /** What the status shows has changed. */
  changed(): void {
    this.#status.changed();
  }

  /** Says that this node is about to leave. It answers on. */
  drain(): void {
    this.#isDraining = true;
    this.#status.changed();
  }

  /** Nothing is acknowledged from here on; what is in flight fails as the error says. */
  fail(error: BraidError): void {
    this.#isDraining = true;
    this.#isClosing = true;
    this.#context.queue.break(error);
    this.#opened.abort();
  }

  /** Takes no more writes, finishes those in flight, ends what runs in the background, gives the lease back. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.drain();
    this.#isClosing = true;
    const { context, sealer } = this.#opened;
    await context.queue.drain();
    this.#background[Symbol.dispose]();
    this.#opened.abort();
    await Promise.all([this.#commands.idle(), sealer.idle(), this.#compactor.idle(), this.#imports.idle()]);
    for (const collection of context.collections.values()) collection.drop();
    await this.#opened[Symbol.asyncDispose]();
  }

  /** Writes are refused while the node closes, and their outcome is unknown when the caller's time is over before the answer. */
  #write<Answer>(
    context: wire.CallContext | undefined,
    signal: AbortSignal,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    return this.#answer(context, signal, (call) => {
      if (this.#isClosing) throw new BraidError('serviceUnavailable', 'this writer is closing: nothing was written');
      return abortable(work(), call);
    });
  }

  async #answer<Answer>(
    context: wire.CallContext | undefined,
    signal: AbortSignal,
    work: (call: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    using call = new CallSignal(context, signal);
    try {
      return await work(call.signal);
    } catch (thrown) {
      throw toBraidError(thrown);
    }
  }

  #describe(sequence: number): wire.NodeStatus {
    const { catalog, collections, queue, leadership } = this.#context;
    const appliedTimestamp = queue.settledTimestamp();
    const memoryBytes = Array.from(collections.values()).reduce((sum, collection) => sum + collection.memoryBytes, 0);
    return {
      nodeId: this.#nodeId,
      roles: ['writer'],
      catalogVersion: catalog.version,
      collections: [...collections.values()].map(({ id, viewVersion }) => ({
        collectionId: id,
        viewVersion,
        readySegmentIds: [],
        loadedFieldIds: [],
        appliedTimestamp,
      })),
      memoryBytes,
      term: leadership.term,
      draining: this.#isDraining,
      sequence,
      ...this.#program,
      clockMs: this.#context.clock.nowMs(),
    };
  }
}
