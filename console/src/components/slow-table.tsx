import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { SlowQuery } from '../../../telemetry/log/slow-queries.ts';
import { milliseconds, timeOfDay } from './format.ts';

const COLUMNS = ['Begun', 'Duration', 'Call', 'Collection', 'Filter', 'Plan'];

/** Slow reads; each opens to the time of its phases and of the nodes that it asked. */
export function SlowTable(props: {
  readonly caption: string;
  readonly queries: readonly SlowQuery[];
  readonly aside: ComponentChildren;
}) {
  const { caption, queries, aside } = props;
  const [open, setOpen] = useState('');
  return (
    <section class="panel" aria-label={caption}>
      <header>
        <h3>{caption}</h3>
        <div class="aside">{aside}</div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <div class="scroll" tabIndex={0}>
        <table aria-label={caption}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" class={column === 'Duration' ? 'number' : undefined}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {queries.map((query) => (
              <SlowRow
                key={query.requestId}
                query={query}
                isOpen={open === query.requestId}
                onToggle={() => setOpen(open === query.requestId ? '' : query.requestId)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function SlowRow(props: { readonly query: SlowQuery; readonly isOpen: boolean; readonly onToggle: () => void }) {
  const { query, isOpen, onToggle } = props;
  return (
    <>
      <tr>
        <td class="nowrap">
          <button type="button" class="fold" aria-expanded={isOpen} onClick={onToggle}>
            {timeOfDay(Date.parse(query.time))}
          </button>
        </td>
        <td class="number">
          <b>{milliseconds(query.durationMs)}</b>
        </td>
        <td>{query.code === 0 ? query.method : `${query.method}: ${query.reason}`}</td>
        <td>{query.database === 'default' ? query.collection : `${query.database}.${query.collection}`}</td>
        <td>{query.filter ? <code>{query.filter}</code> : <span class="muted">none</span>}</td>
        <td>{planOf(query)}</td>
      </tr>
      {isOpen && (
        <tr class="opened">
          <td colSpan={COLUMNS.length}>
            <Where query={query} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Where the time went. */
function Where({ query }: { readonly query: SlowQuery }) {
  const { phases, calls, callCount, outputFields, offset } = query.plan;
  const rest = Math.max(0, query.durationMs - phases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const ordered = [...calls].sort((left, right) => right.durationMs - left.durationMs);
  return (
    <div class="where">
      <Bars
        title="Phases in the router"
        totalMs={query.durationMs}
        rows={[...phases.map(({ name, durationMs }) => ({ name, durationMs })), { name: 'all else', durationMs: rest }]}
      />
      <Bars
        title={`Calls of nodes (${callCount})`}
        totalMs={query.durationMs}
        rows={ordered.map(({ address, role, segmentCount, durationMs, code }) => ({
          name: `${role} ${address}${role === 'reader' ? `, ${segmentCount} segments` : ''}${code === 0 ? '' : `, failed with code ${code}`}`,
          durationMs,
        }))}
      />
      <dl class="facts">
        <Fact name="Request" value={query.requestId} />
        <Fact name="Trace" value={query.traceId || 'none: tracing is off or it was not sampled'} />
        <Fact name="Client" value={`${query.clientAddress}${query.user ? `, ${query.user}` : ''}, ${query.api}`} />
        <Fact name="Partitions" value={query.partitions.join(', ') || 'all'} />
        <Fact name="Output fields" value={outputFields.join(', ') || 'none'} />
        {offset > 0 && <Fact name="Offset" value={String(offset)} />}
      </dl>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Bars(props: {
  readonly title: string;
  readonly totalMs: number;
  readonly rows: readonly { readonly name: string; readonly durationMs: number }[];
}) {
  const { title, totalMs, rows } = props;
  return (
    <div>
      <h4>{title}</h4>
      <ul class="bars">
        {rows.map(({ name, durationMs }, i) => (
          <li key={i}>
            <span>{name}</span>
            <i style={{ width: `${Math.min(100, (durationMs / totalMs) * 100)}%` }} />
            <b>{milliseconds(durationMs)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

function planOf({ plan }: SlowQuery): string {
  const { field, metricType, queryCount, limit, segmentCount } = plan;
  const searched = field === '' ? '' : `${field} by ${metricType}, nq ${queryCount}, `;
  return `${searched}limit ${limit}, ${segmentCount} segments`;
}
