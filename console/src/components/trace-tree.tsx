import type { Profile, ProfiledSpan } from '../../../telemetry/profiler.ts';
import { milliseconds } from './format.ts';

interface Row {
  readonly span: ProfiledSpan;
  readonly depth: number;
}

/** The spans of one request as a tree, each with a bar from its begin to its end. */
export function TraceTree({ profile }: { readonly profile: Profile }) {
  const rows = rowsOf(profile.spans);
  const endMs = Math.max(0.001, ...profile.spans.map(({ startMs, durationMs }) => startMs + durationMs));
  return (
    <section class="scroll">
      <table class="trace">
        <caption>Timing per hop, trace {profile.traceId}</caption>
        <thead>
          <tr>
            <th scope="col">Span</th>
            <th scope="col">Time</th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ span, depth }) => (
            <tr key={span.id} class={span.error === '' ? undefined : 'failed'}>
              <th scope="row" style={{ paddingLeft: `${0.9 + depth * 1.2}rem` }}>
                {span.name}
              </th>
              <td class="bar">
                <i style={{ left: share(span.startMs, endMs), width: share(span.durationMs, endMs) }} />
              </td>
              <td class="number">{milliseconds(span.durationMs)}</td>
              <td class="muted">{span.error || detailsOf(span)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {profile.droppedSpanCount > 0 && <p class="muted">{profile.droppedSpanCount} more spans were not kept.</p>}
    </section>
  );
}

/** Depth first, children in the order of their begin. */
function rowsOf(spans: readonly ProfiledSpan[]): readonly Row[] {
  const known = new Set(spans.map(({ id }) => id));
  const below = (parentId: string, depth: number): Row[] =>
    spans
      .filter((span) => span.parentId === parentId)
      .flatMap((span) => [{ span, depth }, ...below(span.id, depth + 1)]);
  return spans
    .filter(({ parentId }) => !known.has(parentId))
    .flatMap((span) => [{ span, depth: 0 }, ...below(span.id, 1)]);
}

function share(partMs: number, endMs: number): string {
  return `${((partMs / endMs) * 100).toFixed(2)}%`;
}

function detailsOf({ attributes }: ProfiledSpan): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}
