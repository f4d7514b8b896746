import { DataTable } from './data-table.tsx';

const CHARACTERS_MAX = 160;

/** Hits in their order, each with the fields that were asked for. */
export function HitsTable({
  hits,
  primaryField,
}: {
  readonly hits: readonly Readonly<Record<string, unknown>>[];
  readonly primaryField: string;
}) {
  const first = [primaryField, 'distance'];
  const others = new Set(hits.flatMap((hit) => Object.keys(hit)).filter((name) => !first.includes(name)));
  const columns = [...first, ...others];
  return (
    <DataTable
      caption="Hits"
      columns={['#', ...columns]}
      numeric={['#', 'distance', ...[...others].filter((name) => hits.every((hit) => typeof hit[name] === 'number'))]}
      empty="no row matches"
      rows={hits.map((hit, place) => [place + 1, ...columns.map((column) => shown(column, hit[column]))])}
      keys={hits.map((_, place) => place)}
    />
  );
}

function shown(column: string, value: unknown): string {
  if (column === 'distance' && typeof value === 'number') return value.toFixed(4);
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX - 1)}…` : text;
}
