import type { CollectionRecord, SegmentRecord, View } from '../core/catalog.ts';
import { mixHashes } from '../core/hash-mix.ts';
import type { Member } from '../plugins/discovery/discovery.ts';

export interface ClusterShape {
  readonly readerCount: number;
  readonly segmentCount: number;
  readonly collectionCount: number;
  readonly replicaCount: number;
  /** Weights of the readers, in turn. */
  readonly weights: readonly number[];
  readonly zoneCount: number;
}

const MEGABYTE = 1024 ** 2;
/** Ids of collections, partitions and fields, which come from the same counter, lie between those of segments. */
const ID_STEP_MAX = 3;
/** Of a collection to the next smaller one: sizes fall as in a power law, but slowly. */
const SIZE_EXPONENT = 0.6;

/** Collections of very different sizes, with segments of 64 to 512 MB whose ids are those of a cluster in which all are written at the same time. */
export class SimulatedCluster {
  readonly shape: ClusterShape;
  readonly readers: readonly Member[];
  readonly collections: readonly CollectionRecord[];
  readonly views: ReadonlyMap<number, View>;

  constructor(shape: ClusterShape) {
    this.shape = shape;
    this.readers = Array.from({ length: shape.readerCount }, (_, i) => makeReader(shape, i));
    this.collections = Array.from({ length: shape.collectionCount }, (_, i) => makeCollection(shape, i + 1));
    this.views = makeViews(shape, this.collections);
  }

  /** A reader that is not among them yet. */
  newReader(): Member {
    return makeReader(this.shape, this.shape.readerCount);
  }
}

function makeReader({ weights, zoneCount }: ClusterShape, i: number): Member {
  return {
    nodeId: `reader-${i}`,
    address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:19540`,
    roles: ['reader'],
    weight: weights[i % weights.length]!,
    ...(zoneCount > 1 && { zone: `zone-${i % zoneCount}` }),
  };
}

function makeCollection({ replicaCount }: ClusterShape, id: number): CollectionRecord {
  return {
    id,
    databaseId: 1,
    name: `collection_${id}`,
    schema: { description: '', enableDynamicField: false, fields: [], structs: [], functions: [], version: 0 } as never,
    consistencyLevel: 2,
    shardsCount: 1,
    properties: {},
    partitions: [{ id: 1_000_000 + id, name: '_default', createdTimestamp: 1n, loaded: true }],
    indexes: [],
    loadsNewPartitions: true,
    replicaCount,
    createdTimestamp: 1n,
    updatedTimestamp: 1n,
  };
}

function makeViews(shape: ClusterShape, collections: readonly CollectionRecord[]): ReadonlyMap<number, View> {
  const shares = collections.map((_, i) => (i + 1) ** -SIZE_EXPONENT);
  const sum = shares.reduce((total, share) => total + share, 0);
  const owners = collections.flatMap((collection, i) =>
    Array<CollectionRecord>(Math.max(1, Math.round((shares[i]! / sum) * shape.segmentCount))).fill(collection),
  );
  // All collections are written at the same time.
  const inTurn = owners.map((collection, i) => ({ collection, at: mixHashes(i, 7) })).sort((a, b) => a.at - b.at);
  const segments = new Map<number, SegmentRecord[]>(collections.map(({ id }) => [id, []]));
  let id = 2_000_000;
  for (const [i, { collection }] of inTurn.entries()) {
    const hash = mixHashes(i, 11);
    id += 1 + (hash % ID_STEP_MAX);
    segments.get(collection.id)!.push(makeSegment(collection, id, (64 + (hash % 448)) * MEGABYTE));
  }
  const entries = collections.map(({ id: collectionId }): [number, View] => [
    collectionId,
    { collectionId, version: 1, segments: segments.get(collectionId)!, deleteFiles: [], sealedTimestamp: 1n },
  ]);
  return new Map(entries);
}

function makeSegment(collection: CollectionRecord, id: number, byteLength: number): SegmentRecord {
  return {
    id,
    collectionId: collection.id,
    partitionId: collection.partitions[0]!.id,
    rowCount: Math.round(byteLength / 3_000),
    byteLength,
    prefix: `collections/${collection.id}/segments/${id}`,
    files: [
      { name: 'columns.arrow', byteLength: Math.round(byteLength / 3), crc32c: id },
      { name: 'vectors.bin', byteLength: Math.round(byteLength / 3), crc32c: id },
      { name: 'graph.bin', byteLength: Math.round(byteLength / 3), crc32c: id },
    ],
    schemaVersion: 0,
    minTimestamp: 1n,
    maxTimestamp: 2n,
    deletesAppliedTimestamp: 2n,
    deletedCount: 0,
    compactedFrom: [],
    createdVersion: 1,
  };
}
