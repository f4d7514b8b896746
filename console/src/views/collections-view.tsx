import type { CollectionPage } from '../../../cli/compose/page-shapes.ts';
import { Badge } from '../components/badge.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Empty, Reading } from '../components/empty.tsx';
import { bytes, count } from '../components/format.ts';
import { status } from '../data/status.ts';
import { linkTo, route } from '../route.ts';
import { CollectionView } from './collection-view.tsx';

/** All collections, or the one that the address names. */
export function CollectionsView() {
  const { value } = status.value;
  if (!value) return <Reading heightPx={240} />;
  const [database, name] = route.value.rest;
  const chosen = value.collections.find((one) => one.database === database && one.name === name);
  if (chosen) return <CollectionView collection={chosen} />;
  if (name !== undefined) {
    return (
      <Empty title={`There is no collection ${database}.${name}`}>
        <a href={linkTo('collections')}>All collections</a>
      </Empty>
    );
  }
  if (value.collections.length === 0) {
    return (
      <Empty title="There is no collection yet">
        Any Milvus client makes one; <code>npm run demo</code> fills one with Debian packages.
      </Empty>
    );
  }
  return <List collections={value.collections} />;
}

function List({ collections }: { readonly collections: readonly CollectionPage[] }) {
  return (
    <DataTable
      caption="All collections"
      columns={[
        'Collection',
        'Database',
        'State',
        'Partitions',
        'Segments',
        'Rows in them',
        'Size',
        'Replicas',
        'View',
        'Moving',
      ]}
      numeric={['Partitions', 'Segments', 'Rows in them', 'Size', 'Replicas', 'View', 'Moving']}
      rows={collections.map((one) => [
        <a key={one.id} href={linkTo('collections', one.database, one.name)}>
          {one.name}
        </a>,
        one.database,
        <LoadBadge key="state" collection={one} />,
        count(one.partitions.length),
        count(one.segments.length),
        count(sumOf(one.segments, ({ rows, deleted }) => rows - deleted)),
        bytes(sumOf(one.segments, ({ byteLength }) => byteLength)),
        one.loaded ? one.placement.replicas.length : '–',
        one.viewVersion,
        one.placement.moving.length,
      ])}
      keys={collections.map(({ id }) => id)}
    />
  );
}

export function LoadBadge({ collection }: { readonly collection: CollectionPage }) {
  const { loaded, partitions, placement } = collection;
  if (!loaded) return <Badge tone="plain">not loaded</Badge>;
  if (placement.moving.length > 0) return <Badge tone="warn">moving</Badge>;
  const isPart = partitions.some((partition) => !partition.loaded);
  return <Badge tone="good">{isPart ? 'partly loaded' : 'loaded'}</Badge>;
}

export function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
