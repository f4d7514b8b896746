import type { StatusPage } from '../../../cli/compose/page-shapes.ts';
import { Chart, type Line } from '../components/chart.tsx';
import { Reading } from '../components/empty.tsx';
import { bytes, count, milliseconds, plural, rate } from '../components/format.ts';
import { Stat, Stats } from '../components/stat.tsx';
import { Topology } from '../components/topology.tsx';
import { load } from '../data/load.ts';
import type { LoadPoint } from '../data/load-point.ts';
import { status } from '../data/status.ts';
import { sumOf } from './collections-view.tsx';

const NODE_LINES_MAX = 8;
const SECONDS_FOR_STATS = 10;
const COLORS = { p50: '#1fae7e', p95: '#e39b1f', p99: '#e0605a' } as const;

/** The cluster at a glance: how it is, what it does now, who is there. */
export function OverviewView() {
  const points = load.value;
  const timesS = points.map(({ timeS }) => timeS);
  const { value } = status.value;
  return (
    <>
      {value ? <Figures page={value} points={points} /> : <Reading heightPx={92} />}
      <div class="grid charts">
        <Chart title="Searches and queries" unit="per second" timesS={timesS} lines={readLines(points)} />
        <Chart title="Latency of reads" unit="ms" timesS={timesS} lines={latencyLines(points)} />
        <Chart title="Calls to nodes" unit="per second" timesS={timesS} lines={nodeLines(points)} />
        <Chart title="Writes and failures" unit="per second" timesS={timesS} lines={otherLines(points)} />
        <Chart title="Event-loop delay" unit="ms" timesS={timesS} lines={loopLines(points)} />
        <Chart title="Cached answers" unit="% of searches" timesS={timesS} lines={cacheLines(points)} />
      </div>
      <section class="card">
        <h3>Topology</h3>
        {value ? (
          <Topology router={value.nodeId} members={value.members} load={points.at(-1)} />
        ) : (
          <Reading heightPx={260} />
        )}
      </section>
    </>
  );
}

function Figures({ page, points }: { readonly page: StatusPage; readonly points: readonly LoadPoint[] }) {
  const { members, collections } = page;
  const healthy = members.filter(({ health }) => health === 'healthy').length;
  const moving = sumOf(collections, ({ placement }) => placement.moving.length);
  const segments = collections.flatMap((collection) => collection.segments);
  const last = points.at(-1);
  const lately = points.filter(({ timeS }) => last !== undefined && timeS > last.timeS - SECONDS_FOR_STATS);
  const mean = (of: (point: LoadPoint) => number): number =>
    lately.length === 0 ? 0 : sumOf(lately, of) / lately.length;
  const failed = mean(({ failedPerSecond }) => failedPerSecond);
  const latency = lately.findLast(({ latencyMs }) => latencyMs !== undefined)?.latencyMs;
  const hasWriter = members.some(({ roles, health }) => roles.includes('writer') && health === 'healthy');
  return (
    <Stats>
      <Stat
        name="Nodes"
        value={`${healthy} of ${members.length}`}
        detail={hasWriter ? 'healthy' : 'healthy; no writer leads'}
        tone={healthy === members.length && hasWriter ? 'good' : hasWriter ? 'warn' : 'bad'}
      />
      <Stat
        name="Reads"
        value={rate(mean(({ searchesPerSecond, queriesPerSecond }) => searchesPerSecond + queriesPerSecond))}
        detail="of this router"
      />
      <Stat
        name="Latency p99"
        value={latency ? milliseconds(latency.p99) : '–'}
        detail={latency ? `p50 ${milliseconds(latency.p50)}` : 'no reads now'}
      />
      <Stat name="Failures" value={rate(failed)} detail="calls of any kind" tone={failed > 0 ? 'bad' : 'plain'} />
      <Stat
        name="Rows"
        value={count(sumOf(segments, ({ rows, deleted }) => rows - deleted))}
        detail={`sealed, ${bytes(sumOf(segments, ({ byteLength }) => byteLength))}`}
      />
      <Stat
        name="Segments"
        value={count(segments.length)}
        detail={moving > 0 ? `${moving} on the move` : `in ${plural(collections.length, 'collection')}`}
        tone={moving > 0 ? 'warn' : 'plain'}
      />
    </Stats>
  );
}

function readLines(points: readonly LoadPoint[]): readonly Line[] {
  return [
    { name: 'searches', values: points.map(({ searchesPerSecond }) => searchesPerSecond) },
    { name: 'queries', values: points.map(({ queriesPerSecond }) => queriesPerSecond) },
  ];
}

function latencyLines(points: readonly LoadPoint[]): readonly Line[] {
  const names = ['p50', 'p95', 'p99'] as const;
  return names.map((name) => ({
    name,
    color: COLORS[name],
    values: points.map(({ latencyMs }) => latencyMs?.[name] ?? null),
  }));
}

/** The busiest nodes; the colors are by address, so that they stay. */
function nodeLines(points: readonly LoadPoint[]): readonly Line[] {
  const rates = points.at(-1)?.nodeCallsPerSecond ?? {};
  const addresses = Object.keys(rates)
    .sort((left, right) => rates[right]! - rates[left]!)
    .slice(0, NODE_LINES_MAX)
    .sort();
  return addresses.map((name) => ({
    name,
    values: points.map(({ nodeCallsPerSecond }) => nodeCallsPerSecond[name] ?? null),
  }));
}

function otherLines(points: readonly LoadPoint[]): readonly Line[] {
  return [
    { name: 'writes', values: points.map(({ writesPerSecond }) => writesPerSecond) },
    { name: 'failures', color: COLORS.p99, values: points.map(({ failedPerSecond }) => failedPerSecond) },
  ];
}

function loopLines(points: readonly LoadPoint[]): readonly Line[] {
  return [
    { name: 'p50', color: COLORS.p50, values: points.map(({ loopDelayMs }) => loopDelayMs.p50) },
    { name: 'p99', color: COLORS.p99, values: points.map(({ loopDelayMs }) => loopDelayMs.p99) },
  ];
}

function cacheLines(points: readonly LoadPoint[]): readonly Line[] {
  return [
    {
      name: 'hits',
      values: points.map(({ cacheHitRatio }) => (cacheHitRatio === undefined ? null : cacheHitRatio * 100)),
    },
  ];
}
