import { useState } from 'preact/hooks';
import type { CollectionPage, MemberPage, RingPage } from '../../../cli/compose/page-shapes.ts';
import { DataTable } from '../components/data-table.tsx';
import { Empty, Failed, Reading } from '../components/empty.tsx';
import { bytes, percent, plural } from '../components/format.ts';
import { Ring, type RingPick } from '../components/ring.tsx';
import { SegmentStrips } from '../components/segment-strips.tsx';
import { nodeColor } from '../data/node-color.ts';
import { status } from '../data/status.ts';
import { usePage } from '../data/use-page.ts';
import { linkTo, route } from '../route.ts';

const REFRESH_MS = 3_000;

/** Which segment lives where, why, and what is moving: the ring of the collection that the address names. */
export function PlacementView() {
  const { value } = status.value;
  if (!value) return <Reading heightPx={480} />;
  const [database, name] = route.value.rest;
  const { collections } = value;
  const chosen = collections.find((one) => one.database === database && one.name === name) ?? collections[0];
  if (!chosen)
    return <Empty title="There is no collection yet">The ring is drawn for the segments of a collection.</Empty>;
  const go = (id: string): void => {
    const one = collections.find((collection) => String(collection.id) === id)!;
    location.hash = linkTo('placement', one.database, one.name);
  };
  return (
    <>
      <label class="inline">
        Collection
        <select value={String(chosen.id)} onChange={(event) => go(event.currentTarget.value)}>
          {collections.map(({ id, database: of, name: called }) => (
            <option key={id} value={String(id)}>
              {of === 'default' ? called : `${of}.${called}`}
            </option>
          ))}
        </select>
      </label>
      <Placed key={chosen.id} collection={chosen} members={value.members} />
    </>
  );
}

function Placed({
  collection,
  members,
}: {
  readonly collection: CollectionPage;
  readonly members: readonly MemberPage[];
}) {
  const { database, name, placement } = collection;
  const query = new URLSearchParams({ database, collection: name });
  const { value: rings, error } = usePage<readonly RingPage[]>(`/placement/ring?${query}`, REFRESH_MS);
  const [picked, setPicked] = useState<RingPick>({});
  const readers = members.filter(({ roles }) => roles.includes('reader'));
  const shares = new Map(
    Object.values(placement.explanations).flatMap(({ ring }) =>
      (ring ?? []).map(({ nodeId, share }) => [nodeId, share]),
    ),
  );
  const places = readers.map(({ nodeId }) => nodeId).sort();
  const colorOf = (nodeId: string): string => nodeColor(rings?.[0]?.nodeIds.indexOf(nodeId) ?? places.indexOf(nodeId));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape takes back what was picked inside
    <div class="placement" onKeyDown={({ key }) => key === 'Escape' && setPicked({})}>
      {error !== '' && <Failed error={error} />}
      <div class="rings">
        {!rings && error === '' && <Reading heightPx={420} />}
        {rings?.map((ring) => (
          <RingCard key={ring.group} {...{ ring, shares, picked, collection }} onPick={setPicked} />
        ))}
        {rings?.length === 0 && <NoRing collection={collection} />}
        <div class="grow">
          <div class="panel">
            <header>
              <h3>Readers and their segments</h3>
              <div class="aside key">
                <i class="square holds" /> holds it <i class="square loads" /> loads it <i class="square leaves" />{' '}
                serves it until it has moved
              </div>
            </header>
            <SegmentStrips {...{ collection, readers, shares, colorOf, picked }} onPick={setPicked} />
            <Picked collection={collection} picked={picked} />
          </div>
          <Moving collection={collection} />
        </div>
      </div>
    </div>
  );
}

function RingCard(props: {
  readonly ring: RingPage;
  readonly shares: ReadonlyMap<string, number>;
  readonly picked: RingPick;
  readonly collection: CollectionPage;
  readonly onPick: (pick: RingPick) => void;
}) {
  const { ring, shares, picked, onPick } = props;
  const [pointed, setPointed] = useState<RingPick & { readonly key?: number }>({});
  const shown = pointed.nodeId === undefined ? picked : pointed;
  return (
    <section class="card ring-card" aria-label={`Hash ring of ${ring.group}`}>
      <h3>Hash ring</h3>
      <Ring
        ring={ring}
        shares={ring.nodeIds.map((nodeId) => shares.get(nodeId) ?? 0)}
        picked={shown}
        onPoint={setPointed}
        onPick={onPick}
      />
      <p class="muted">
        {pointed.key === undefined ? (
          <>
            {ring.strategy}, {ring.placedBy === 'collection' ? 'the collection stays together' : 'segment by segment'}
            {ring.isSampled && '; arcs of 4,096 evenly spaced keys'}
          </>
        ) : (
          <>
            key <code>{pointed.key.toString(16).padStart(8, '0')}</code> → {pointed.nodeId}
          </>
        )}
      </p>
    </section>
  );
}

function NoRing({ collection }: { readonly collection: CollectionPage }) {
  const [explained] = Object.values(collection.placement.explanations);
  const why = explained ? `The strategy ${explained.strategy} places without one.` : 'There is no reader.';
  return <Empty title="No ring to draw">{why}</Empty>;
}

/** What is known of the segment or the reader that was clicked. */
function Picked({ collection, picked }: { readonly collection: CollectionPage; readonly picked: RingPick }) {
  const segment = collection.segments.find(({ id }) => id === picked.segmentId);
  const explanations = Object.values(collection.placement.explanations);
  if (segment) {
    const owners = explanations.flatMap((explanation) => explanation.owners?.[segment.id] ?? []);
    return (
      <p class="picked-detail" role="status">
        <b>Segment {segment.id}</b> of partition {segment.partition}: {plural(segment.rows, 'row')} ({segment.deleted}{' '}
        deleted), {bytes(segment.byteLength)}. Owned by {owners.join(', ') || 'nobody: it is not loaded'}, ready on{' '}
        {segment.readyOn.join(', ') || 'none'}.
      </p>
    );
  }
  if (picked.nodeId === undefined) {
    return (
      <p class="picked-detail muted">Click a reader, an arc or a segment to see it alone; Escape takes it back.</p>
    );
  }
  const ring = explanations
    .flatMap((explanation) => explanation.ring ?? [])
    .find(({ nodeId }) => nodeId === picked.nodeId);
  const owned = explanations.reduce((sum, explanation) => sum + (explanation.bytesPerMember?.[picked.nodeId!] ?? 0), 0);
  return (
    <p class="picked-detail" role="status">
      <b>{picked.nodeId}</b> owns {bytes(owned)} of this collection
      {ring && `; ${plural(ring.points, 'point')} on the ring, ${percent(ring.share)} of the keys`}.
    </p>
  );
}

function Moving({ collection }: { readonly collection: CollectionPage }) {
  return (
    <DataTable
      caption="On the move"
      columns={['Segment', 'To', 'Meanwhile served by']}
      empty="every segment is where it belongs"
      rows={collection.placement.moving.map(({ id, to, servedBy }) => [
        id,
        to.join(', '),
        servedBy.join(', ') || 'loaded when it is asked for',
      ])}
    />
  );
}
