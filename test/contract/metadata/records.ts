import type {
  CollectionRecord,
  DatabaseRecord,
  DeleteFileRecord,
  PartitionRecord,
  SegmentRecord,
} from '../../../core/catalog.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { CatalogChange, Lease, MetadataStore } from '../../../plugins/metadata/metadata.ts';

/** Records for tests of metadata stores: plausible values, with what a test cares about put over them. */

export const DATABASE_ID = 1;
export const COLLECTION_ID = 2;

export function databaseRecord(overrides: Partial<DatabaseRecord> = {}): DatabaseRecord {
  return { id: DATABASE_ID, name: 'default', createdTimestamp: 450_000_000_000_000_001n, properties: {}, ...overrides };
}

export function collectionRecord(overrides: Partial<CollectionRecord> = {}): CollectionRecord {
  const name = overrides.name ?? 'books';
  return {
    id: COLLECTION_ID,
    databaseId: DATABASE_ID,
    name,
    schema: {
      name,
      description: 'a "quoted" \\ description; -- with\nlines',
      enableDynamicField: false,
      structs: [],
      functions: [],
      version: 1,
      fields: [
        field({ id: 100, name: 'id', dataType: DataType.Int64, isPrimaryKey: true, defaultValue: -(2n ** 63n) }),
        field({ id: 101, name: 'vector', dataType: DataType.FloatVector, dimension: 8, typeParams: { dim: '8' } }),
        field({ id: 102, name: 'title', dataType: DataType.VarChar, maxLength: 100, defaultValue: '' }),
      ],
    },
    consistencyLevel: 2,
    shardsCount: 1,
    properties: { 'collection.ttl.seconds': '60' },
    partitions: [partition()],
    indexes: [
      { id: 51, name: 'vector_idx', fieldId: 101, indexType: 'HNSW', metricType: 'COSINE', params: { M: '16' } },
    ],
    loadsNewPartitions: false,
    replicaCount: 0,
    createdTimestamp: 450_000_000_000_000_001n,
    updatedTimestamp: 450_000_000_000_000_003n,
    ...overrides,
  };
}

function partition(): PartitionRecord {
  return { id: 50, name: '_default', createdTimestamp: 450_000_000_000_000_001n, loaded: true };
}

type Field = CollectionRecord['schema']['fields'][number];

function field(overrides: Pick<Field, 'id' | 'name' | 'dataType'> & Partial<Field>): Field {
  return {
    description: '',
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: false,
    typeParams: {},
    ...overrides,
  };
}

export function segmentRecord(id: number, overrides: Partial<SegmentRecord> = {}): SegmentRecord {
  return {
    id,
    collectionId: COLLECTION_ID,
    partitionId: 50,
    rowCount: 1_000,
    byteLength: 123_456_789,
    prefix: `collections/2/segments/${id}`,
    files: [
      { name: 'columns.arrow', byteLength: 4_096, crc32c: 0xffff_ffff },
      { name: 'vectors-101.bin', byteLength: 2 ** 33, crc32c: 0 },
    ],
    schemaVersion: 1,
    minTimestamp: 2n ** 53n + 1n,
    maxTimestamp: 2n ** 63n + 1n,
    deletesAppliedTimestamp: 2n ** 64n - 1n,
    deletedCount: 3,
    compactedFrom: [],
    createdVersion: 0,
    ...overrides,
  };
}

export function deleteFileRecord(id: number, overrides: Partial<DeleteFileRecord> = {}): DeleteFileRecord {
  return {
    id,
    collectionId: COLLECTION_ID,
    fromTimestamp: 2n ** 53n + 1n,
    toTimestamp: 2n ** 63n + 3n,
    count: 17,
    object: { name: `collections/2/deletes/${id}`, byteLength: 170, crc32c: 0x1234_5678 },
    ...overrides,
  };
}

type Publish = Extract<CatalogChange, { kind: 'publish' }>;

/** A publication that changes nothing but the version, with what a test cares about put over it. */
export function publication(overrides: Partial<Publish> = {}): Publish {
  return {
    kind: 'publish',
    collectionId: COLLECTION_ID,
    addSegments: [],
    retireSegmentIds: [],
    addDeleteFiles: [],
    retireDeleteFileIds: [],
    atMs: 1_700_000_000_000,
    ...overrides,
  };
}

export interface Leader {
  readonly lease: Lease;
  /** Applies under the leader's term and an operation id of its own. */
  apply(...changes: readonly CatalogChange[]): Promise<number>;
}

let operations = 0;

/** Takes the lease for `holder`, which must be free. */
export async function lead(store: MetadataStore, holder = 'writer-1', ttlMs = 60_000): Promise<Leader> {
  const lease = await store.acquireLease(holder, ttlMs);
  if (!lease) throw new Error(`${holder} was refused the lease`);
  return {
    lease,
    apply: (...changes) => store.apply(lease.term, `operation-${operations++}`, changes),
  };
}

/** Leads, with a database and a collection. */
export async function leadWithCollection(store: MetadataStore): Promise<Leader> {
  const leader = await lead(store);
  await leader.apply(
    { kind: 'putDatabase', database: databaseRecord() },
    { kind: 'putCollection', collection: collectionRecord() },
  );
  return leader;
}
