import { useState } from 'preact/hooks';
import type { CollectionPage } from '../../../cli/compose/page-shapes.ts';
import type { SegmentInfos } from '../data/rest-shapes.ts';
import { Badge } from './badge.tsx';
import { DataTable } from './data-table.tsx';
import { bytes, count } from './format.ts';

const SHOWN_AT_FIRST = 50;

/** All segments of a collection: the sealed ones of its newest view with who answers for them, and those that still grow in the writer. */
export function SegmentTable({
  collection,
  infos,
}: {
  readonly collection: CollectionPage;
  readonly infos: SegmentInfos | undefined;
}) {
  const [isAll, setAll] = useState(false);
  const { segments, placement, partitions } = collection;
  const moving = new Map(placement.moving.map((segment) => [segment.id, segment.to]));
  const names = new Map(partitions.map(({ id, name }) => [String(id), name]));
  const growing = (infos?.segmentInfos ?? []).filter(({ state }) => state === 'Growing');
  const rows = [
    ...growing.map((segment) => [
      segment.segmentID,
      names.get(String(segment.partitionID)) ?? '',
      <Badge key="state" tone="warn">
        growing
      </Badge>,
      count(Number(segment.numRows)),
      '',
      bytes(Number(segment.memSize)),
      'the writer',
    ]),
    ...segments.map((segment) => [
      segment.id,
      segment.partition,
      <Badge key="state" tone={moving.has(segment.id) ? 'warn' : 'good'}>
        {moving.has(segment.id) ? 'moving' : 'sealed'}
      </Badge>,
      count(segment.rows),
      count(segment.deleted),
      bytes(segment.byteLength),
      [
        segment.readyOn.join(', ') || (collection.loaded ? 'nobody yet' : 'storage'),
        moving.has(segment.id) ? ` → ${moving.get(segment.id)!.join(', ')}` : '',
      ].join(''),
    ]),
  ];
  return (
    <>
      <DataTable
        caption="Segments"
        columns={['Segment', 'Partition', 'State', 'Rows', 'Deleted', 'Size', 'Held by']}
        numeric={['Rows', 'Deleted', 'Size']}
        empty="no segment yet: insert some rows"
        rows={isAll ? rows : rows.slice(0, SHOWN_AT_FIRST)}
      />
      {rows.length > SHOWN_AT_FIRST && !isAll && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          Show all {count(rows.length)}
        </button>
      )}
    </>
  );
}
