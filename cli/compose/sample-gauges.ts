import { systemClock } from '../../core/clock.ts';
import { physicalMs } from '../../core/timestamps.ts';
import type { ReaderCounts } from '../../node/reader/reader-counts.ts';
import type { HeldSegments } from '../../node/segment/held-segments.ts';
import type { WriterCounts } from '../../node/writer/writer-counts.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Sample } from '../../telemetry/sampled-gauge.ts';

/** From what the roles of this process hold to its gauges, when they are read. */

const MS_PER_S = 1000;

export function sampleRouter(metrics: Metrics, cluster: Cluster): void {
  const { members, catalog, views } = cluster;
  metrics.nodesSampled.add(() => [{ labels: { role_name: 'proxy' }, value: 1 }]);
  metrics.proxiesSampled.add(() => one(1));
  metrics.catalogVersionSampled.add(() => [{ labels: { role: 'router' }, value: catalog.current.version }]);
  metrics.staleViewsSampled.add(() => one(views.staleCount()));
  metrics.readersSampled.add(() => one(members.readers().filter(({ health }) => health === 'healthy').length));
  metrics.membersSampled.add(() =>
    members.all().flatMap(({ member, health }) => member.roles.map((role) => ({ labels: { role, health }, value: 1 }))),
  );
  metrics.memberCallsSampled.add(() =>
    members.all().map(({ member, callCount }) => ({ labels: { address: member.address }, value: callCount })),
  );
}

export function sampleWriter(metrics: Metrics, counts: () => WriterCounts): void {
  const describe = oncePerTurn(counts);
  const sum = (of: (collection: WriterCounts['collections'][number]) => number): number =>
    describe().collections.reduce((total, collection) => total + of(collection), 0);
  metrics.nodesSampled.add(() => [{ labels: { role_name: 'mixcoord' }, value: 1 }]);
  metrics.catalogVersionSampled.add(() => [{ labels: { role: 'writer' }, value: describe().catalogVersion }]);
  metrics.termSampled.add(() => one(describe().term));
  metrics.leaseSampled.add(() => one(describe().isLeaseTrusted ? 1 : 0));
  metrics.inFlightBytesSampled.add(() => one(describe().inFlightBytes));
  metrics.logBytesSampled.add(() => one(describe().logBytes));
  metrics.collectionsSampled.add(() => one(describe().collections.length));
  metrics.storedCollectionsSampled.add(() => one(describe().collections.length));
  metrics.partitionsSampled.add(() => one(sum(({ partitions }) => partitions)));
  metrics.queriedCollectionsSampled.add(() => one(sum(({ loadedPartitions }) => (loadedPartitions > 0 ? 1 : 0))));
  metrics.queriedPartitionsSampled.add(() => one(sum(({ loadedPartitions }) => loadedPartitions)));
  metrics.dataNodesSampled.add(() => one(1));
  metrics.unflushedSampled.add(() => one(sum(({ growing }) => growing.segments)));
  metrics.sealedSampled.add(() => [
    { labels: { segment_state: 'Growing' }, value: sum(({ growing }) => growing.segments) },
    { labels: { segment_state: 'Flushed' }, value: sum(({ published }) => published.segments) },
  ]);
  sampleStored(metrics, () => describe().collections);
  sampleSegments(metrics, 'Growing', () =>
    describe().collections.map((collection) => [collection, collection.growing]),
  );
  metrics.rowBytesSampled.add(() =>
    describe().collections.map((collection) =>
      sample(metrics, collection, 'Resident', collection.resident.memoryBytes),
    ),
  );
}

function sampleStored(metrics: Metrics, collections: () => WriterCounts['collections']): void {
  metrics.storedRowsSampled.add(() =>
    collections().flatMap((collection) => [
      sample(metrics, collection, 'Growing', collection.growing.rows),
      sample(metrics, collection, 'Flushed', collection.published.rows),
    ]),
  );
  metrics.storedBytesSampled.add(() =>
    collections().map((collection) => sample(metrics, collection, 'Flushed', collection.published.bytes)),
  );
  metrics.indexBytesSampled.add(() =>
    collections().map((collection) => ({
      labels: labelsOf(metrics, collection),
      value: collection.published.indexBytes,
    })),
  );
}

export function sampleReader(metrics: Metrics, counts: () => ReaderCounts): void {
  const describe = oncePerTurn(counts);
  const sum = (of: (collection: ReaderCounts['collections'][number]) => number): number =>
    describe().collections.reduce((total, collection) => total + of(collection), 0);
  metrics.nodesSampled.add(() => [{ labels: { role_name: 'querynode' }, value: 1 }]);
  metrics.catalogVersionSampled.add(() => [{ labels: { role: 'reader' }, value: describe().catalogVersion }]);
  metrics.collectionsLoadedSampled.add(() => one(describe().collections.length));
  metrics.partitionsLoadedSampled.add(() => one(sum(({ loadedPartitions }) => loadedPartitions)));
  metrics.segmentsAwaitedSampled.add(() => one(sum(({ awaited }) => awaited)));
  metrics.segmentsLeavingSampled.add(() => one(sum(({ leaving }) => leaving)));
  metrics.readerStaleViewsSampled.add(() => one(sum(({ isViewStale }) => (isViewStale ? 1 : 0))));
  metrics.deleteLagSampled.add(() => [{ labels: {}, value: worstLag(describe()) }]);
  sampleSegments(metrics, 'Sealed', () => describe().collections.map((collection) => [collection, collection.held]));
}

/** Seconds that the slowest collection is behind the clock. */
function worstLag({ collections }: ReaderCounts): number {
  const nowMs = systemClock.nowMs();
  const lags = collections.map(({ appliedTimestamp }) => Math.max(0, nowMs - physicalMs(appliedTimestamp)));
  return Math.max(0, ...lags) / MS_PER_S;
}

function sampleSegments(metrics: Metrics, state: string, held: () => [Named, HeldSegments][]): void {
  const each = (of: (held: HeldSegments) => number) => () =>
    held().map(([collection, counts]) => sample(metrics, collection, state, of(counts)));
  metrics.segmentsSampled.add(each(({ segments }) => segments));
  metrics.rowsSampled.add(each(({ rows }) => rows));
  metrics.rowBytesSampled.add(each(({ memoryBytes }) => memoryBytes));
}

interface Named {
  readonly id: number;
  readonly name: string;
  readonly database: string;
}

function sample(metrics: Metrics, collection: Named, state: string, value: number) {
  return { labels: { ...labelsOf(metrics, collection), segment_state: state }, value };
}

/** Collections beyond the bound of labels are one, without an id. */
function labelsOf({ databaseLabel, collectionLabel }: Metrics, { id, name, database }: Named) {
  const collection_name = collectionLabel.of(name);
  const collection_id = collection_name === name ? `${id}` : '';
  return { db_name: databaseLabel.of(database), collection_name, collection_id };
}

/** All gauges are read in one turn of the event loop: what they are taken from is counted once. */
function oncePerTurn<Counts>(count: () => Counts): () => Counts {
  let counted: Counts | undefined;
  return () => {
    if (counted === undefined) {
      counted = count();
      setImmediate(() => {
        counted = undefined;
      });
    }
    return counted;
  };
}

function one(value: number): readonly Sample<never>[] {
  return [{ labels: {}, value }];
}
