import { type ReadonlySignal, signal } from '@preact/signals';
import { type LoadPoint, loadBetween, type Reading, readingOf } from './load-point.ts';
import { readText } from './management-port.ts';
import { parseMetrics } from './parse-metrics.ts';
import { polled } from './polled.ts';

const INTERVAL_MS = 1_500;
const POINTS_MAX = 200;

/** The last minutes of this router, oldest first. */
export const load = followLoad();

function followLoad(): ReadonlySignal<readonly LoadPoint[]> {
  const points = signal<readonly LoadPoint[]>([]);
  let last: Reading | undefined;
  polled(async () => {
    const reading = readingOf(parseMetrics(await readText('/metrics')), Date.now() / 1_000);
    const point = last && loadBetween(last, reading);
    last = reading;
    if (point) points.value = [...points.value, point].slice(-POINTS_MAX);
  }, INTERVAL_MS);
  return points;
}
