import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { openPlugin } from '../plugins/open-plugin.ts';
import type { PluginHost } from '../plugins/plugin.ts';
import { measurePlacement } from './measure-placement.ts';
import { measureRouter } from './measure-router.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

/**
 * The simulator's command: `node sim/run.ts [--readers 1000] [--segments 100000] [--collections 20,100,1000] [--replicas 2] [--strategies consistent-hash,...]`. One line of JSON
 * for each strategy and number of collections, then one for a router on the default strategy. What the figures mean: docs/scale.md.
 */
const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '1000' },
    segments: { type: 'string', default: '100000' },
    collections: { type: 'string', default: '20,100,1000' },
    replicas: { type: 'string', default: '2' },
    weights: { type: 'string', default: '1' },
    zones: { type: 'string', default: '1' },
    strategies: { type: 'string', default: 'consistent-hash,rendezvous,round-robin,modulo-hash' },
  },
});

const quiet = (): void => {};
const host: PluginHost = {
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  dataFolder: tmpdir(),
  configFolder: tmpdir(),
  signal: new AbortController().signal,
};
const openStrategy = (use: string) => openPlugin('routing', { use, with: {} }, host);

for (const collectionCount of values.collections.split(',').map(Number)) {
  const cluster = new SimulatedCluster({
    readerCount: Number(values.readers),
    segmentCount: Number(values.segments),
    collectionCount,
    replicaCount: Number(values.replicas),
    weights: values.weights.split(',').map(Number),
    zoneCount: Number(values.zones),
  });
  for (const name of values.strategies.split(',')) {
    await using strategy = await openStrategy(name);
    print({ collectionCount, strategy: name, ...measurePlacement(strategy, cluster) });
  }
  const open = () => openStrategy('consistent-hash');
  print({ collectionCount, router: 'consistent-hash', ...(await measureRouter(open, cluster)) });
}

function print(figures: object): void {
  const rounded = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value * 100) / 100 : value,
  ]);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}
