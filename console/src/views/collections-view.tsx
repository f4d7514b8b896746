import { CollectionSchema } from '../components/collection-schema.tsx';
import { DataTable } from '../components/data-table.tsx';
import { bytes, count } from '../components/format.ts';
import { SegmentMap } from '../components/segment-map.tsx';
import { status } from '../data/status.ts';
import { linkTo, route } from '../route.ts';

/** All collections; the one that the address names with its schema, indexes, partitions and segments. */
export function CollectionsView() {
  const { value } = status.value;
  if (!value) return <p class="muted">reading …</p>;
  const [database, name] = route.value.rest;
  const chosen = value.collections.find((one) => one.database === database && one.name === name);
  return (
    <>
      <DataTable
        caption="Collections"
        columns={['Collection', 'Database', 'State', 'Sealed segments', 'Rows in them', 'Size', 'View', 'Moving']}
        numeric={['Sealed segments', 'Rows in them', 'Size', 'View', 'Moving']}
        empty="there is no collection yet"
        rows={value.collections.map((one) => [
          <a
            key={one.id}
            href={linkTo('collections', one.database, one.name)}
            aria-current={one === chosen || undefined}
          >
            {one.name}
          </a>,
          one.database,
          one.loaded ? 'loaded' : 'not loaded',
          count(one.segments.length),
          count(sumOf(one.segments, ({ rows, deleted }) => rows - deleted)),
          bytes(sumOf(one.segments, ({ byteLength }) => byteLength)),
          one.viewVersion,
          one.placement.moving.length,
        ])}
      />
      {chosen && (
        <>
          <h2>
            {chosen.database}.{chosen.name}
          </h2>
          <CollectionSchema database={chosen.database} name={chosen.name} />
          <h3>Partitions and segments</h3>
          <SegmentMap collection={chosen} members={value.members} />
        </>
      )}
    </>
  );
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
