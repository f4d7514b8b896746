import type { CollectionPage } from '../../../cli/compose/page-shapes.ts';
import { CollectionSchema } from '../components/collection-schema.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Failed, Reading } from '../components/empty.tsx';
import { bytes, count, duration } from '../components/format.ts';
import { SegmentTable } from '../components/segment-table.tsx';
import { Stat, Stats } from '../components/stat.tsx';
import type { CollectionDescription, SegmentInfos } from '../data/rest-shapes.ts';
import { useCall } from '../data/use-call.ts';
import { linkTo } from '../route.ts';
import { LoadBadge, sumOf } from './collections-view.tsx';

const SEGMENTS_REFRESH_MS = 3_000;

/** One collection: what it is made of and where its rows are. */
export function CollectionView({ collection }: { readonly collection: CollectionPage }) {
  const { database, name, segments, placement, viewVersion, replicasWanted, behindMs } = collection;
  const body = { dbName: database, collectionName: name };
  const { value: described, error } = useCall<CollectionDescription>('collections/describe', body);
  const { value: infos } = useCall<SegmentInfos>('segments/describe', body, SEGMENTS_REFRESH_MS);
  const growing = (infos?.segmentInfos ?? []).filter(({ state }) => state === 'Growing');
  return (
    <>
      <nav class="crumbs" aria-label="Place">
        <a href={linkTo('collections')}>Collections</a> / {database} / <b>{name}</b>{' '}
        <LoadBadge collection={collection} />
        <span class="aside">
          <a href={linkTo('search', database, name)}>Search it</a>
          <a href={linkTo('placement', database, name)}>Where it lives</a>
        </span>
      </nav>
      {described?.description && <p>{described.description}</p>}
      <Stats>
        <Stat name="Rows, sealed" value={count(sumOf(segments, ({ rows, deleted }) => rows - deleted))} />
        <Stat
          name="Rows, growing"
          value={infos ? count(sumOf(growing, ({ numRows }) => Number(numRows))) : '–'}
          detail="with the writer"
        />
        <Stat name="Size" value={bytes(sumOf(segments, ({ byteLength }) => byteLength))} detail="on storage" />
        <Stat
          name="Replicas"
          value={placement.replicas.length}
          detail={`${replicasWanted} wanted, in ${[...new Set(placement.replicas)].join(', ') || 'no group'}`}
          tone={placement.replicas.length < replicasWanted && collection.loaded ? 'warn' : 'plain'}
        />
        <Stat
          name="Readers behind"
          value={behindMs === undefined ? '–' : duration(behindMs)}
          detail="the newest deletes"
        />
        <Stat name="View" value={viewVersion} detail={`${count(segments.length)} sealed segments`} />
        <Stat
          name="Consistency"
          value={described?.consistencyLevel ?? '–'}
          detail={described && `dynamic field ${described.enableDynamicField ? 'on' : 'off'}`}
        />
      </Stats>
      {described && described.aliases.length > 0 && (
        <p>
          Aliases:{' '}
          {described.aliases.map((alias) => (
            <code key={alias} class="chip">
              {alias}
            </code>
          ))}
        </p>
      )}
      {error !== '' && <Failed error={error} />}
      {described ? (
        <CollectionSchema database={database} described={described} />
      ) : (
        error === '' && <Reading heightPx={320} />
      )}
      <Partitions collection={collection} growing={growing} />
      <SegmentTable collection={collection} infos={infos} />
    </>
  );
}

function Partitions(props: { readonly collection: CollectionPage; readonly growing: SegmentInfos['segmentInfos'] }) {
  const { partitions, segments } = props.collection;
  const rows = partitions.map(({ id, name, loaded }) => {
    const own = segments.filter(({ partition }) => partition === name);
    const growing = props.growing.filter(({ partitionID }) => String(partitionID) === String(id));
    return [
      name,
      loaded ? 'loaded' : 'not loaded',
      count(own.length),
      count(sumOf(own, (segment) => segment.rows - segment.deleted)),
      count(sumOf(growing, ({ numRows }) => Number(numRows))),
      bytes(sumOf(own, ({ byteLength }) => byteLength)),
    ];
  });
  return (
    <DataTable
      caption="Partitions"
      columns={['Partition', 'State', 'Sealed segments', 'Rows, sealed', 'Rows, growing', 'Size']}
      numeric={['Sealed segments', 'Rows, sealed', 'Rows, growing', 'Size']}
      rows={rows}
    />
  );
}
