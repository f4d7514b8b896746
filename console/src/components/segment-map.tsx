import type { CollectionPage, MemberPage, SegmentPage } from '../../../cli/compose/page-shapes.ts';
import { DataTable } from './data-table.tsx';
import { bytes, count } from './format.ts';

const SEGMENTS_SHOWN_MAX = 200;

/** Which segment lives where: a row for each sealed segment, a column for each reader. */
export function SegmentMap(props: { readonly collection: CollectionPage; readonly members: readonly MemberPage[] }) {
  const { segments, placement } = props.collection;
  const readers = props.members.filter(({ roles }) => roles.includes('reader'));
  const addresses = readers.map(({ address }) => address);
  const moving = new Map(placement.moving.map((segment) => [segment.id, segment.to]));
  const shown = segments.slice(0, SEGMENTS_SHOWN_MAX);
  return (
    <>
      <DataTable
        caption="Sealed segments and the readers that hold them"
        columns={['Segment', 'Partition', 'Rows', 'Deleted', 'Size', ...addresses]}
        numeric={['Rows', 'Deleted', 'Size']}
        empty="no sealed segment yet: all rows are with the writer"
        rows={shown.map((segment) => [
          segment.id,
          segment.partition,
          count(segment.rows),
          count(segment.deleted),
          bytes(segment.byteLength),
          ...addresses.map((address) => <Held key={address} {...{ segment, address }} to={moving.get(segment.id)} />),
        ])}
      />
      {segments.length > shown.length && (
        <p class="muted">
          {count(segments.length - shown.length)} more segments are in <code>braid status</code>.
        </p>
      )}
    </>
  );
}

function Held(props: {
  readonly segment: SegmentPage;
  readonly address: string;
  readonly to: readonly string[] | undefined;
}) {
  if (props.segment.readyOn.includes(props.address)) return <span class="health healthy">holds it</span>;
  if (props.to?.includes(props.address)) return <span class="health draining">loads it</span>;
  return <span class="muted">·</span>;
}
