import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectionRecord, DeleteFileRecord, SegmentRecord, View } from '../../core/catalog.ts';
import type { Clock } from '../../core/clock.ts';
import type { ResourceGroupRecord } from '../../core/resource-groups/resource-group.ts';
import { Slices } from '../../core/slices.ts';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';
import { DoubtedList } from '../../plugins/discovery/doubted-list.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { GroupedReaders, type PlacedReplicas } from '../../plugins/routing/place-replicas.ts';
import { PlacedViews } from '../../plugins/routing/placed-views.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { NodeStatus } from '../../proto/generated/node.ts';
import type { ProgramInfo } from '../../proto/node-protocol/program-info.ts';
import type { Shard, WriterShard } from '../../proto/node-protocol/shard.ts';
import { StatusFeed } from '../../proto/node-protocol/status-feed.ts';
import { readDeleteFile } from '../segment/read-delete-file.ts';
import type { SealedSegment } from '../segment/sealed-segment.ts';
import type { DeleteBatch } from '../segment/segment.ts';
import { followDeletes } from './delete-stream.ts';
import { takenOver } from './handover.ts';
import { LeaderWatch } from './leader-watch.ts';
import { READER_LIMITS } from './limits.ts';
import { type CollectionHost, ReaderCollection } from './reader-collection.ts';
import type { ReaderCounts } from './reader-counts.ts';
import { Readiness } from './readiness.ts';
import { Reconciler } from './reconciler.ts';
import { SegmentLoader } from './segment-loader.ts';

export interface ReaderDependencies {
  /** This node as it announces itself. */
  readonly self: Member;
  /** Whether a member of discovery's list is this node: providers name nodes in their own ways. */
  readonly isSelf: (member: Member) => boolean;
  readonly metadata: MetadataStore;
  readonly storage: ObjectStorage;
  readonly discovery: Discovery;
  readonly routing: RoutingStrategy;
  /** Another reader; a connection that the caller disposes. */
  readonly connectReader: (member: Member) => Shard;
  /** The writer at this member's address; the same shard for the same address. */
  readonly connectWriter: (member: Member) => WriterShard;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  /** Where verified copies of segments lie when storage is not on this machine's disk. */
  readonly cacheFolder: string;
  /** Told of every segment that was fetched and opened. Cheap and never throws. */
  readonly segmentLoaded?: (durationMs: number) => void;
  /** What the status says of the program. */
  readonly program?: ProgramInfo;
}

/**
 * What keeps a reader up to date: who is there (discovery), what is loaded (catalog), which segments are this reader's (views and placement).
 * Everything is repeated until it succeeds; a dependency that is gone leaves the reader with what it has.
 */
export class ClusterFollower implements CollectionHost, AsyncDisposable {
  readonly #dependencies: ReaderDependencies;
  readonly #loader: SegmentLoader;
  readonly #collections = new Map<number, ReaderCollection>();
  readonly #closing = new AbortController();
  readonly #status: StatusFeed;
  readonly #loops: Promise<void>[] = [];
  readonly #leaders: LeaderWatch;
  readonly #readiness: Readiness;
  readonly #reconciler: Reconciler<ReaderCollection>;
  readonly #placed: PlacedViews;
  readonly #slices = new Slices(READER_LIMITS.sliceMs);
  /** Undefined before the first list. */
  #members: readonly Member[] | undefined;
  readonly #doubtedList = new DoubtedList(READER_LIMITS.membershipDoubtMs);
  #doubt: NodeJS.Timeout | undefined;
  #isDraining = false;
  #catalogVersion = -1;
  /** Names by id. */
  #databases: ReadonlyMap<number, string> = new Map();
  #viewVersions: ReadonlyMap<number, number> = new Map();
  #groups: readonly ResourceGroupRecord[] = [];
  #readers = new GroupedReaders([], []);
  #refreshing: Promise<void> | undefined;

  constructor(dependencies: ReaderDependencies) {
    this.#dependencies = dependencies;
    this.#loader = new SegmentLoader(dependencies.storage, dependencies.cacheFolder);
    this.#status = new StatusFeed((sequence) => this.#describe(sequence));
    const { connectWriter, clock, logger } = dependencies;
    this.#leaders = new LeaderWatch(connectWriter, (version) => this.#seeCatalogVersion(version), logger);
    this.#readiness = new Readiness(clock);
    this.#placed = new PlacedViews(dependencies.routing);
    this.#reconciler = new Reconciler({
      collections: () => this.#collections.values(),
      viewVersion: (collectionId) => this.#viewVersions.get(collectionId) ?? 0,
      ownSegments: (collection) => this.#ownSegments(collection),
      release: (collection, own, nowMs) => this.#release(collection, own, nowMs),
      readiness: this.#readiness,
      clock,
      logger,
    });
  }

  /** Reads the catalog once, then follows in the background. */
  async start(): Promise<void> {
    await this.refreshCatalog();
    this.#loops.push(this.#followMembers(), this.#followCatalog(), this.#reconciler.run(this.#closing.signal));
  }

  collection(id: number): ReaderCollection | undefined {
    return this.#collections.get(id);
  }

  /** For metrics. */
  describe(): ReaderCounts {
    return {
      catalogVersion: this.#catalogVersion,
      collections: Array.from(this.#collections.values(), (collection) => ({
        ...collection.describe(this.#viewVersions.get(collection.collectionId) ?? 0),
        database: this.#databases.get(collection.record.databaseId) ?? '',
      })),
    };
  }

  /** Why this reader should get no traffic yet, see Readiness; empty when it is ready. */
  unready(): readonly string[] {
    if (!this.#members) return ['discovery has not named the members yet'];
    return this.#readiness.reasons(this.#collections.keys());
  }

  /** Says that this node is about to leave. It answers on. */
  drain(): void {
    this.#isDraining = true;
    this.changed();
  }

  watchStatus(signal: AbortSignal): AsyncIterable<NodeStatus> {
    return this.#status.watch(signal);
  }

  /** Reads the catalog and lets collections come and go. Concurrent calls share one reading. */
  refreshCatalog(): Promise<void> {
    this.#refreshing ??= this.#refreshCatalog().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshCatalog(): Promise<void> {
    const catalog = await this.#dependencies.metadata.readCatalog();
    const loaded = catalog.collections.filter((record) => record.partitions.some((partition) => partition.loaded));
    const loadedIds = new Set(loaded.map((record) => record.id));
    for (const [id, collection] of this.#collections) {
      if (loadedIds.has(id)) continue;
      this.#collections.delete(id);
      collection.close();
    }
    let isComplete = true;
    for (const record of loaded) {
      try {
        const known = this.#collections.get(record.id);
        if (known) await known.update(record);
        else await this.#open(record);
      } catch (error) {
        isComplete = false;
        const { id: collectionId } = record;
        this.#dependencies.logger.error({ err: error, collectionId }, 'a collection cannot be opened, trying again');
      }
    }
    if (isComplete) this.#catalogVersion = catalog.version;
    this.#viewVersions = catalog.viewVersions;
    this.#databases = new Map(catalog.databases.map(({ id, name }) => [id, name]));
    this.#groups = catalog.resourceGroups;
    this.#reconciler.wake();
    this.changed();
  }

  async #open(record: CollectionRecord): Promise<void> {
    const collection = new ReaderCollection(record, this);
    await collection.refresh();
    this.#collections.set(record.id, collection);
    this.#loops.push(
      followDeletes(collection, () => this.#leaders.leader, this.#dependencies.logger, collection.signal),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#doubt);
    this.#status.close();
    this.#reconciler.wake();
    for (const collection of this.#collections.values()) collection.close();
    await this.#leaders[Symbol.asyncDispose]();
    await Promise.all(this.#loops);
  }

  async loadSegment(record: SegmentRecord, collection: CollectionRecord, signal: AbortSignal): Promise<SealedSegment> {
    const beganAtMs = performance.now();
    const segment = await this.#loader.load(record, collection, signal);
    this.#dependencies.segmentLoaded?.(performance.now() - beganAtMs);
    return segment;
  }

  loadDeleteFile(file: DeleteFileRecord): Promise<DeleteBatch> {
    return readDeleteFile(this.#dependencies.storage, file);
  }

  readView(collectionId: number): Promise<View | undefined> {
    return this.#dependencies.metadata.readView(collectionId);
  }

  forgetSegment(record: SegmentRecord): Promise<void> {
    return this.#loader.forget(record);
  }

  changed(): void {
    this.#status.changed();
  }

  async #followMembers(): Promise<void> {
    for await (const list of this.#dependencies.discovery.watch(this.#closing.signal)) this.#believe(list);
  }

  #believe(list: readonly Member[]): void {
    clearTimeout(this.#doubt);
    const nowMs = this.#dependencies.clock.monotonicMs();
    const { members, untilMs } = this.#doubtedList.take(list, nowMs);
    this.#members = members;
    this.#leaders.take(members);
    this.#reconciler.wake();
    if (untilMs !== undefined) this.#doubt = setTimeout(() => this.#believe(list), untilMs - nowMs + 1).unref();
  }

  async #followCatalog(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await pause(READER_LIMITS.catalogPollMs, signal);
      try {
        await this.#seeCatalogVersion(await this.#dependencies.metadata.catalogVersion());
      } catch (error) {
        this.#dependencies.logger.warn({ err: error }, 'the catalog cannot be read, going on with what is known');
      }
    }
  }

  async #seeCatalogVersion(version: number): Promise<void> {
    if (version > this.#catalogVersion) await this.refreshCatalog();
  }

  async #release(collection: ReaderCollection, own: ReadonlySet<number>, nowMs: number): Promise<void> {
    const { connectReader } = this.#dependencies;
    await collection.release(own, nowMs, async (ids) => {
      const { preferences, ownerCount } = await this.#replicas(collection);
      const lost = ids.map((id) => ({ id, owners: preferences.get(id)?.slice(0, ownerCount) ?? [] }));
      return takenOver(collection.collectionId, lost, connectReader);
    });
  }

  /** The segments of loaded partitions that placement gives to this reader. A node that leaves keeps what it has. */
  async #ownSegments(collection: ReaderCollection): Promise<Set<number> | undefined> {
    if (this.#isDraining || !this.#members) return undefined;
    const { preferences, ownerCount } = await this.#replicas(collection);
    const own = new Set<number>();
    for (const [segmentId, preferred] of preferences) {
      if (preferred.slice(0, ownerCount).some(this.#dependencies.isSelf)) own.add(segmentId);
    }
    return own;
  }

  async #replicas({ record, view }: ReaderCollection): Promise<PlacedReplicas> {
    const { isSelf, self } = this.#dependencies;
    const readers = (this.#members ?? []).filter((member) => member.roles.includes('reader'));
    // A registry that lists ready nodes only would otherwise wait for this one, and this one for the registry.
    if (!this.#readiness.isReady && !readers.some(isSelf)) readers.push(self);
    if (!this.#readers.isOf(readers, this.#groups)) this.#readers = new GroupedReaders(readers, this.#groups);
    if (!view) return { preferences: new Map(), ownerCount: 0, ownerGroups: [] };
    return this.#slices.run(this.#placed.replicas(view, record, this.#readers));
  }

  #describe(sequence: number): NodeStatus {
    const collections = [...this.#collections.values()];
    return NodeStatus.create({
      nodeId: this.#dependencies.self.nodeId,
      roles: ['reader'],
      draining: this.#isDraining,
      catalogVersion: this.#catalogVersion,
      collections: collections.map((collection) => collection.status()),
      memoryBytes: collections.reduce((sum, collection) => sum + collection.memoryBytes, 0),
      clockMs: this.#dependencies.clock.nowMs(),
      sequence,
      ...this.#dependencies.program,
    });
  }
}

/** Sleeps, or less when the signal aborts. */
async function pause(timeoutMs: number, signal: AbortSignal): Promise<void> {
  await sleep(timeoutMs, undefined, { signal, ref: false }).catch(() => undefined);
}
