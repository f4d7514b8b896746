import type { Profile, ProfiledSpan } from '../../../telemetry/profiler.ts';
import { DataTable } from './data-table.tsx';
import { count, milliseconds } from './format.ts';

const HOP = 'search_';

/** The plan as it was carried out: which node was asked, for how long, and how it searched its segments. */
export function HopTable({ profile: { spans } }: { readonly profile: Profile }) {
  const hops = spans.filter(({ name }) => name.startsWith(HOP) && name !== 'search_segment');
  return (
    <DataTable
      caption="Plan: the nodes that were asked"
      columns={['Node', 'Time', 'Segments', 'Rows', 'Rows visited', 'Method']}
      numeric={['Time', 'Segments', 'Rows', 'Rows visited']}
      empty="no node was asked: the answer was kept from an earlier search"
      rows={hops.map((hop) => {
        const segments = segmentsBelow(spans, hop);
        const isKnown = segments.length > 0;
        const sumOf = (key: string): string =>
          isKnown ? count(segments.reduce((sum, { attributes }) => sum + Number(attributes[key] ?? 0), 0)) : '–';
        const methods = [...new Set(segments.map(({ attributes }) => String(attributes['method'])))];
        return [
          hop.name.slice(HOP.length),
          milliseconds(hop.durationMs),
          isKnown ? segments.length : '–',
          sumOf('rows'),
          sumOf('visited'),
          methods.join(', ') || 'in the traces of that node',
        ];
      })}
    />
  );
}

function segmentsBelow(spans: readonly ProfiledSpan[], parent: ProfiledSpan): readonly ProfiledSpan[] {
  return spans
    .filter(({ parentId }) => parentId === parent.id)
    .flatMap((span) => [...(span.name === 'search_segment' ? [span] : []), ...segmentsBelow(spans, span)]);
}
