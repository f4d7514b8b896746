import { Chart, type Line } from '../components/chart.tsx';
import { Ring } from '../components/ring.tsx';
import { Topology } from '../components/topology.tsx';
import { load } from '../data/load.ts';
import type { LoadPoint } from '../data/load-point.ts';
import { status } from '../data/status.ts';

/** The cluster at a glance: who is there, how the keys are shared out, and what goes on now. */
export function OverviewView() {
  const points = load.value;
  const timesS = points.map(({ timeS }) => timeS);
  const { value } = status.value;
  return (
    <>
      <div class="grid charts">
        <Chart title="Searches and queries" unit="per second" timesS={timesS} lines={[rateLine(points)]} />
        <Chart title="Latency" unit="ms" timesS={timesS} lines={latencyLines(points)} />
        <Chart title="Calls to nodes" unit="per second" timesS={timesS} lines={nodeLines(points)} />
      </div>
      {value && (
        <div class="grid">
          <section class="card wide">
            <h2>Topology</h2>
            <Topology router={value.nodeId} members={value.members} />
          </section>
          <RingCard />
        </div>
      )}
    </>
  );
}

/** The ring is the same for all collections of a resource group: that of the first is shown. */
function RingCard() {
  const { collections } = status.value.value!;
  const explanations = collections.flatMap(({ placement }) => Object.values(placement.explanations));
  const explained = explanations.find(({ ring }) => ring && ring.length > 0);
  return (
    <section class="card">
      <h2>Hash ring</h2>
      {explained?.ring ? (
        <Ring ring={explained.ring} />
      ) : (
        <p class="muted">
          {explanations.length === 0
            ? 'shown as soon as there is a collection'
            : `the strategy ${explanations[0]!.strategy} has none`}
        </p>
      )}
    </section>
  );
}

function rateLine(points: readonly LoadPoint[]): Line {
  return { name: 'reads', values: points.map(({ readsPerSecond }) => readsPerSecond) };
}

function latencyLines(points: readonly LoadPoint[]): readonly Line[] {
  const names = ['p50', 'p95', 'p99'] as const;
  return names.map((name) => ({ name, values: points.map(({ latencyMs }) => latencyMs?.[name] ?? null) }));
}

function nodeLines(points: readonly LoadPoint[]): readonly Line[] {
  const addresses = Object.keys(points.at(-1)?.nodeCallsPerSecond ?? {}).sort();
  return addresses.map((name) => ({
    name,
    values: points.map(({ nodeCallsPerSecond }) => nodeCallsPerSecond[name] ?? null),
  }));
}
