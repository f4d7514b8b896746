import { useState } from 'preact/hooks';
import type { Profile, ProfiledSpan } from '../../../telemetry/profiler.ts';
import { spanRows } from '../data/span-rows.ts';
import { CopyButton } from './copy-button.tsx';
import { milliseconds, plural, shortened } from './format.ts';

/** The spans of one request as a tree, each with a bar from its begin to its end. What has parts can be folded. `traceUrl`: where a trace UI shows it. */
export function TraceTree({ profile, traceUrl }: { readonly profile: Profile; readonly traceUrl: string | undefined }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = spanRows(profile.spans, folded);
  const endMs = Math.max(0.001, ...profile.spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const toggle = (id: string): void => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  return (
    <section class="panel" aria-label="Timing per hop">
      <header>
        <h3>Timing per hop</h3>
        <span class="muted">
          {plural(profile.spans.length, 'span')}, trace <code>{profile.traceId}</code>
        </span>
        <div class="aside">
          {traceUrl && (
            <a href={traceUrl} target="_blank" rel="noreferrer">
              Open in the trace UI
            </a>
          )}
          <CopyButton text={profile.traceId} label="Copy trace id" />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <div class="scroll" tabIndex={0}>
        <table class="trace" aria-label="Timing per hop">
          <thead>
            <tr>
              <th scope="col">Span</th>
              <th scope="col" class="bar">
                <span>0</span>
                <span>{milliseconds(endMs / 2)}</span>
                <span>{milliseconds(endMs)}</span>
              </th>
              <th scope="col" class="number">
                Duration
              </th>
              <th scope="col">Where</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ span, depth, hasChildren }) => (
              <tr key={span.id} class={span.error === '' ? undefined : 'failed'}>
                <th scope="row" style={{ paddingLeft: `${0.9 + depth * 1.1}rem` }}>
                  {hasChildren ? (
                    <button
                      type="button"
                      class="fold"
                      aria-expanded={!folded.has(span.id)}
                      onClick={() => toggle(span.id)}
                    >
                      {span.name}
                    </button>
                  ) : (
                    <span class="leaf">{span.name}</span>
                  )}
                </th>
                <td class="bar">
                  <i
                    class={kindOf(span)}
                    style={{ left: share(span.startMs, endMs), width: share(span.durationMs, endMs) }}
                  />
                </td>
                <td class="number">{milliseconds(span.durationMs)}</td>
                <td class="muted nowrap details">{shortened(span.nodeId, 22)}</td>
                <td class="muted details one-line" title={span.error || detailsOf(span)}>
                  {span.error || detailsOf(span)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {profile.droppedSpanCount > 0 && <p class="muted none">{profile.droppedSpanCount} more spans were not kept.</p>}
    </section>
  );
}

/** What is done in the router, in a call of a node as the router sees it, in a node. */
function kindOf({ name, service }: ProfiledSpan): string {
  if (!service.endsWith('router') || /^node_|_segment$/.test(name))
    return /^(search|query|fetch)_.*local/.test(name) ? 'call' : 'node';
  return /_\S+:\d+$|_local/.test(name) ? 'call' : 'router';
}

function share(partMs: number, endMs: number): string {
  return `${((partMs / endMs) * 100).toFixed(2)}%`;
}

function detailsOf({ attributes }: ProfiledSpan): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}
