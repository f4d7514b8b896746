import type { AccessRecords } from '../../../core/access/access-records.ts';
import type {
  AliasRecord,
  Catalog,
  CollectionRecord,
  DatabaseRecord,
  SegmentRecord,
  View,
} from '../../../core/catalog.ts';
import { ConsistencyLevel } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { composeTimestamp } from '../../../core/timestamps.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import type { Row } from './fake-rows.ts';
import { testSchema } from './test-schema.ts';

export interface FakeSegment {
  readonly record: SegmentRecord;
  readonly rows: readonly Row[];
  /** Sealed from the log (not compacted): the writer answers for it while a view lacks it. */
  readonly fromLog: boolean;
}

export interface FakeDelete {
  readonly key: bigint | string;
  readonly timestamp: bigint;
}

/** The truth that all fake nodes share: records, rows, deletes. It is also the metadata store. */
export class FakeWorld implements Pick<MetadataStore, 'catalogVersion' | 'readCatalog' | 'readView' | 'readAccess'> {
  databases: DatabaseRecord[] = [{ id: 1, name: 'default', createdTimestamp: 1n, properties: {} }];
  collections: CollectionRecord[] = [];
  aliases: AliasRecord[] = [];
  readonly segments = new Map<number, FakeSegment>();
  access: AccessRecords = { version: 0, users: [], roles: [], privilegeGroups: [] };
  readonly views = new Map<number, View>();
  growing: Row[] = [];
  readonly deletes: FakeDelete[] = [];
  version = 1;
  /** The metadata store cannot be reached. */
  isDown = false;
  readCount = 0;
  /** How long reading a view takes. */
  viewReadMs = 0;
  #nextId = 100;
  #clock = composeTimestamp(Date.now() - 60_000);

  nextId(): number {
    return this.#nextId++;
  }

  /** Timestamps lie a minute back, so that bounded reads have nothing to wait for unless a test says so. */
  tick(): bigint {
    return ++this.#clock;
  }

  /** Of any collection: rows and deletes. */
  get lastWrite(): bigint {
    const rows = [...this.growing, ...[...this.segments.values()].flatMap((segment) => segment.rows)];
    return [...rows, ...this.deletes].reduce((last, { timestamp }) => (timestamp > last ? timestamp : last), 0n);
  }

  get now(): bigint {
    return this.#clock;
  }

  clockTo(timestamp: bigint): void {
    this.#clock = timestamp;
  }

  catalogVersion(): Promise<number> {
    return this.#read(() => this.version);
  }

  readCatalog(): Promise<Catalog> {
    this.readCount++;
    return this.#read(() => ({
      version: this.version,
      databases: [...this.databases],
      collections: [...this.collections],
      aliases: [...this.aliases],
      resourceGroups: [],
      viewVersions: new Map([...this.views].map(([id, view]) => [id, view.version])),
    }));
  }

  readAccess(): Promise<AccessRecords | undefined> {
    return this.#read(() => this.access);
  }

  async readView(collectionId: number): Promise<View | undefined> {
    if (this.viewReadMs > 0) await new Promise((resolve) => setTimeout(resolve, this.viewReadMs));
    return this.#read(() => this.views.get(collectionId));
  }

  /** A loaded collection with a vector index, ready to be searched. */
  addCollection(change: Partial<CollectionRecord> = {}): CollectionRecord {
    const id = this.nextId();
    const collection: CollectionRecord = {
      id,
      databaseId: 1,
      name: 'things',
      schema: testSchema(),
      consistencyLevel: ConsistencyLevel.Bounded,
      shardsCount: 1,
      properties: {},
      partitions: [{ id: 10, name: '_default', createdTimestamp: 1n, loaded: true }],
      indexes: [{ id: 20, name: 'vector', fieldId: 101, indexType: 'HNSW', metricType: 'L2', params: {} }],
      loadsNewPartitions: true,
      replicaCount: 1,
      createdTimestamp: 1n,
      updatedTimestamp: this.tick(),
      ...change,
    };
    this.collections.push(collection);
    this.views.set(id, { collectionId: id, version: 1, segments: [], deleteFiles: [], sealedTimestamp: 0n });
    this.version++;
    return collection;
  }

  alterCollection(id: number, change: Partial<CollectionRecord>): void {
    this.collections = this.collections.map((collection) =>
      collection.id === id ? { ...collection, ...change, updatedTimestamp: this.tick() } : collection,
    );
    this.version++;
  }

  /** A new view with these segments added and those retired. */
  publish(
    collectionId: number,
    segments: readonly { readonly id?: number; readonly rows: readonly Row[]; readonly fromLog?: boolean }[],
    retired: readonly number[] = [],
  ): View {
    const before = this.views.get(collectionId)!;
    const version = before.version + 1;
    const added = segments.map(({ id = this.nextId(), rows, fromLog = true }) => {
      const record = segmentRecord(id, collectionId, rows, version);
      this.segments.set(id, { record, rows, fromLog });
      return record;
    });
    const kept = before.segments.filter((segment) => !retired.includes(segment.id));
    const view = { ...before, version, segments: [...kept, ...added], sealedTimestamp: this.#clock };
    this.views.set(collectionId, view);
    this.version++;
    return view;
  }

  /** Seals what grows. */
  flush(collectionId: number, segmentId?: number): View {
    const rows = this.growing;
    this.growing = [];
    return this.publish(collectionId, [segmentId === undefined ? { rows } : { id: segmentId, rows }]);
  }

  async #read<T>(value: () => T): Promise<T> {
    if (this.isDown) throw new BraidError('serviceUnavailable', 'the metadata store does not answer');
    return value();
  }
}

function segmentRecord(id: number, collectionId: number, rows: readonly Row[], createdVersion: number): SegmentRecord {
  return {
    id,
    collectionId,
    partitionId: rows[0]?.partitionId ?? 10,
    rowCount: rows.length,
    byteLength: 1_000,
    prefix: `s/${id}`,
    files: [],
    schemaVersion: 1,
    minTimestamp: 0n,
    maxTimestamp: 0n,
    deletesAppliedTimestamp: 0n,
    deletedCount: 0,
    compactedFrom: [],
    createdVersion,
  };
}
