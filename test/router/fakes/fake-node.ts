import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { primaryField } from '../../../core/schema/collection-schema.ts';
import { composeTimestamp } from '../../../core/timestamps.ts';
import type { Role } from '../../../plugins/discovery/discovery.ts';
import type * as wire from '../../../proto/generated/node.ts';
import {
  arrayFrom,
  decodeColumn,
  decodeKeys,
  encodeKeys,
  keyListFrom,
} from '../../../proto/node-protocol/column-codec.ts';
import type { WriterShard } from '../../../proto/node-protocol/shard.ts';
import { applyCommand } from './fake-commands.ts';
import { outputColumns, type PlacedRow, queryRows, searchRows } from './fake-reads.ts';
import { rowsOf } from './fake-rows.ts';
import type { FakeWorld } from './fake-world.ts';

export interface NodeCalled {
  readonly method: string;
  readonly scope: wire.Scope | undefined;
  readonly context: wire.CallContext | undefined;
  readonly request: unknown;
}

/** A node in memory: a reader, the writer or both, with switches for everything that can go wrong. */
export class FakeNode implements WriterShard {
  readonly address: string;
  readonly nodeId: string;
  readonly roles: readonly Role[];
  readonly world: FakeWorld;
  readonly calls: NodeCalled[] = [];
  /** Runs before a call is answered: may wait, throw, or change the world. */
  before: (method: string, call: NodeCalled, signal: AbortSignal) => Promise<void> | void = () => {};
  /** Runs when the answer is ready but not sent yet. */
  after: (method: string) => Promise<void> | void = () => {};
  /** Reports stop and calls hang, as in a stopped process. */
  isStopped = false;
  /** Connections fail. */
  isDead = false;
  draining = false;
  term = 0;
  /** Segments that are not loaded yet, although they are in a view. */
  readonly notReady = new Set<number>();
  /** Deletes up to here are applied; undefined: all. */
  appliedTimestamp: bigint | undefined;
  #wake = Promise.withResolvers<void>();
  isDisposed = false;

  constructor(world: FakeWorld, nodeId: string, roles: readonly Role[]) {
    this.world = world;
    this.nodeId = nodeId;
    this.address = `${nodeId}:19540`;
    this.roles = roles;
    if (roles.includes('writer')) this.term = 1;
  }

  get member() {
    return { nodeId: this.nodeId, address: this.address, roles: this.roles };
  }

  callsOf(method: string): readonly NodeCalled[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Reports at once what has changed. */
  report(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  search(request: wire.SearchRequest, signal: AbortSignal): Promise<wire.SearchResponse> {
    return this.#answer('search', request, signal, async () => {
      const collection = this.#collection(request.scope!);
      const state = await this.#state(request.scope!, signal);
      return searchRows(this.#rows(request.scope!, request.ignoreGrowing), collection.schema, request, state);
    });
  }

  /** Holds none. */
  spans(request: wire.SpansRequest, signal: AbortSignal): Promise<wire.SpansResponse> {
    return this.#answer('spans', request, signal, async () => ({ spansJson: [] }));
  }

  /** Knows no terms. */
  termStatistics(request: wire.TermStatisticsRequest, signal: AbortSignal): Promise<wire.TermStatisticsResponse> {
    return this.#answer('termStatistics', request, signal, async () => {
      const rowCounts = new Uint8Array(request.terms.length * 2);
      const state = await this.#state(request.scope!, signal);
      return { rowCount: this.#rows(request.scope!, false).length, termCount: 0, rowCounts, state };
    });
  }

  query(request: wire.QueryRequest, signal: AbortSignal): Promise<wire.QueryResponse> {
    return this.#answer('query', request, signal, async () => {
      const collection = this.#collection(request.scope!);
      const state = await this.#state(request.scope!, signal);
      return queryRows(this.#rows(request.scope!, request.ignoreGrowing), collection.schema, request, state);
    });
  }

  fetch(request: wire.FetchRequest, signal: AbortSignal): Promise<wire.FetchResponse> {
    return this.#answer('fetch', request, signal, async () => {
      const { schema } = this.#collection(request);
      const segmentIndexes = arrayFrom(Int32Array, request.segmentIndexes);
      const rowOffsets = arrayFrom(Uint32Array, request.rowOffsets);
      const rows = Array.from(rowOffsets, (offset, i) => {
        const segmentId = request.segmentIds[segmentIndexes[i]!]!;
        return (segmentId === 0 ? this.world.growing : this.world.segments.get(segmentId)!.rows)[offset]!;
      });
      return { columns: outputColumns(schema, request.outputFieldIds, rows) };
    });
  }

  async *watchStatus(_request: wire.WatchStatusRequest, signal: AbortSignal): AsyncIterable<wire.NodeStatus> {
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let sequence = 1; !signal.aborted; sequence++) {
      if (this.isDead) throw new BraidError('serviceUnavailable', `${this.address} refuses connections`);
      if (!this.isStopped) yield this.#status(sequence);
      await Promise.race([ended, this.#wake.promise, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  }

  insert(request: wire.InsertRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    return this.#answer('insert', request, signal, async () => {
      const { schema } = this.#collection(request);
      const timestamp = this.world.tick();
      const columns = new Map(request.columns.map((message) => [message.fieldId, decodeColumn(message)]));
      const autoKey = (): bigint => BigInt(this.world.nextId());
      const rows = rowsOf(columns, request.rowCount, primaryField(schema), {
        timestamp,
        partitionId: request.partitionId,
        autoKey,
      });
      const isChanged = ({ key }: { readonly key: unknown }) =>
        this.world.deletes.some((gone) => gone.key === key && gone.timestamp > request.readTimestamp);
      if (request.readTimestamp > 0n && rows.some(isChanged)) {
        return { keys: undefined, rowCount: 0, timestamp, isConflict: true };
      }
      if (request.upsert) for (const { key } of rows) this.world.deletes.push({ key, timestamp });
      this.world.growing.push(...rows);
      const keys = encodeKeys(keyListFrom(rows.map((row) => row.key)));
      return { keys, rowCount: rows.length, timestamp, isConflict: false };
    });
  }

  delete(request: wire.DeleteRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    return this.#answer('delete', request, signal, async () => {
      const timestamp = this.world.tick();
      const keys = decodeKeys(request.keys);
      for (const key of keys) this.world.deletes.push({ key, timestamp });
      return { keys: request.keys, rowCount: keys.length, timestamp, isConflict: false };
    });
  }

  timestamp(request: wire.TimestampRequest, signal: AbortSignal): Promise<wire.TimestampResponse> {
    return this.#answer('timestamp', request, signal, async () => ({
      now: composeTimestamp(Date.now()),
      lastDelete: this.#lastDelete(undefined),
      lastWrite: this.world.lastWrite,
      viewVersion: this.world.views.get(request.collectionId)?.version ?? 0,
    }));
  }

  flush(request: wire.FlushRequest, signal: AbortSignal): Promise<wire.FlushResponse> {
    return this.#answer('flush', request, signal, async () => ({
      collections: request.collectionIds.map((collectionId) => {
        const before = new Set(this.world.views.get(collectionId)!.segments.map((segment) => segment.id));
        const view =
          this.world.growing.length > 0 ? this.world.flush(collectionId) : this.world.views.get(collectionId)!;
        const segmentIds = view.segments.map((segment) => segment.id).filter((id) => !before.has(id));
        return { collectionId, segmentIds, flushTimestamp: this.world.tick(), sealTimeS: 1 };
      }),
    }));
  }

  compact(request: wire.CompactRequest, signal: AbortSignal): Promise<wire.CompactResponse> {
    return this.#answer('compact', request, signal, async () => ({ jobId: 7, planCount: 1 }));
  }

  job(request: wire.JobRequest, signal: AbortSignal): Promise<wire.JobResponse> {
    return this.#answer('job', request, signal, async () => ({
      done: true,
      executing: 0,
      completed: 1,
      failed: 0,
      error: '',
      plans: [],
    }));
  }

  importFiles(request: wire.ImportRequest, signal: AbortSignal): Promise<wire.ImportResponse> {
    return this.#answer('importFiles', request, signal, async () => ({ jobId: 1 }));
  }

  importJobs(request: wire.ImportJobsRequest, signal: AbortSignal): Promise<wire.ImportJobsResponse> {
    return this.#answer('importJobs', request, signal, async () => ({ jobs: [] }));
  }

  listJobs(request: wire.ListJobsRequest, signal: AbortSignal): Promise<wire.ListJobsResponse> {
    return this.#answer('listJobs', request, signal, async () => ({ jobs: [], waiting: [] }));
  }

  catalog(request: wire.CatalogRequest, signal: AbortSignal): Promise<wire.CatalogResponse> {
    return this.#answer('catalog', request, signal, async () => {
      applyCommand(this.world, JSON.parse(new TextDecoder().decode(request.commandJson)));
      return { catalogVersion: this.world.version, resultJson: new Uint8Array(0) };
    });
  }

  statistics(request: wire.StatisticsRequest, signal: AbortSignal): Promise<wire.StatisticsResponse> {
    return this.#answer('statistics', request, signal, async () => {
      const { segments } = this.world.views.get(request.collectionId)!;
      const sealed = segments.map(({ id, partitionId, rowCount }) => ({
        segmentId: id,
        partitionId,
        rowCount,
        state: 'sealed',
        memoryBytes: 1,
      }));
      const growing = {
        segmentId: 5,
        partitionId: 10,
        rowCount: this.world.growing.length,
        state: 'growing',
        memoryBytes: 1,
      };
      const all = [...sealed, growing].filter(
        (segment) => request.partitionIds.length === 0 || request.partitionIds.includes(segment.partitionId),
      );
      const rowCount = all.reduce((sum, segment) => sum + segment.rowCount, 0);
      return { rowCount, pendingIndexes: [], indexedRowCount: rowCount, segments: all };
    });
  }

  async *watchDeletes(): AsyncIterable<wire.DeleteEvent> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
  }

  async #answer<Response>(
    method: string,
    request: { context: wire.CallContext | undefined; scope?: wire.Scope | undefined },
    signal: AbortSignal,
    answer: () => Promise<Response>,
  ): Promise<Response> {
    const call = { method, scope: request.scope, context: request.context, request };
    this.calls.push(call);
    // A call takes a turn of the event loop, as it does over a wire.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isStopped) await new Promise(() => {});
    if (this.isDead) throw new BraidError('serviceUnavailable', `${this.address} refuses connections`);
    await this.before(method, call, signal);
    const response = await answer();
    await this.after(method);
    return response;
  }

  #collection({ collectionId }: { readonly collectionId: number }): CollectionRecord {
    const collection = this.world.collections.find((candidate) => candidate.id === collectionId);
    if (!collection) throw new BraidError('collectionNotFound', `no collection ${collectionId}`);
    return collection;
  }

  /** A call without segments is for the writer: everything that the caller's view does not cover. */
  #rows(scope: wire.Scope, ignoreGrowing: boolean): readonly PlacedRow[] {
    const isForWriter = scope.segmentIds.length === 0;
    const placed = isForWriter
      ? this.#uncovered(scope, ignoreGrowing)
      : scope.segmentIds.flatMap((id) => this.#segmentRows(id));
    const partitions = new Set(scope.partitionIds);
    const applied = isForWriter ? undefined : this.appliedTimestamp;
    const deletes = this.world.deletes.filter((entry) => applied === undefined || entry.timestamp <= applied);
    return placed.filter(({ row }) => {
      if (partitions.size > 0 && !partitions.has(row.partitionId)) return false;
      return !deletes.some((entry) => entry.key === row.key && row.timestamp < entry.timestamp);
    });
  }

  #uncovered(scope: wire.Scope, ignoreGrowing: boolean): readonly PlacedRow[] {
    const later = [...this.world.segments.values()].filter(
      (segment) => segment.fromLog && segment.record.createdVersion > scope.viewVersion,
    );
    const growing = ignoreGrowing ? [] : this.world.growing.map((row, offset) => ({ row, segmentId: 0, offset }));
    return [...later.flatMap((segment) => this.#segmentRows(segment.record.id)), ...growing];
  }

  #segmentRows(id: number): readonly PlacedRow[] {
    const segment = this.world.segments.get(id);
    if (!segment) throw new BraidError('segmentNotFound', `segment ${id} is gone`);
    return segment.rows.map((row, offset) => ({ row, segmentId: id, offset }));
  }

  async #state(scope: wire.Scope, signal: AbortSignal): Promise<wire.ReadState> {
    const isForWriter = scope.segmentIds.length === 0;
    while (!isForWriter && this.appliedTimestamp !== undefined && this.appliedTimestamp < scope.guaranteeTimestamp) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const appliedTimestamp = isForWriter ? this.world.now : (this.appliedTimestamp ?? this.world.now);
    return { appliedTimestamp, lastDeleteTimestamp: this.#lastDelete(this.appliedTimestamp), rowCount: 0, visited: 0 };
  }

  #lastDelete(applied: bigint | undefined): bigint {
    const seen = this.world.deletes.filter((entry) => applied === undefined || entry.timestamp <= applied);
    return seen.at(-1)?.timestamp ?? 0n;
  }

  #status(sequence: number): wire.NodeStatus {
    const collections = this.world.collections.map(({ id }) => {
      const view = this.world.views.get(id)!;
      const ready = this.roles.includes('reader')
        ? [...this.world.segments.keys()].filter((segment) => !this.notReady.has(segment))
        : [];
      return {
        collectionId: id,
        viewVersion: view.version,
        readySegmentIds: ready,
        loadedFieldIds: [],
        appliedTimestamp: this.appliedTimestamp ?? this.world.now,
      };
    });
    return {
      nodeId: this.nodeId,
      roles: [...this.roles],
      catalogVersion: this.world.version,
      collections,
      memoryBytes: 1_000,
      term: this.term,
      draining: this.draining,
      sequence,
      version: '',
      startedAtMs: 0,
      clockMs: 0,
    };
  }
}
