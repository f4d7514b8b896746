import * as fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { CounterFamily } from '../../telemetry/counter-family.ts';
import { HistogramFamily } from '../../telemetry/histogram-family.ts';

const LABELS = ['kind', 'place', 'state'] as const;
const buckets = [1, 2, 4, 8];
const text = fc.constantFrom('', 'a', 'b', 'c"\\\n', 'constructor');
const change = fc.record({
  texts: fc.tuple(text, text, text),
  value: fc.oneof(fc.constantFrom(...buckets), fc.double({ min: 0, max: 20, noNaN: true })),
});

function registryOf(): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ node_id: 'node-1' });
  return registry;
}

/** Labels of a line may come in any order. */
async function linesOf(registry: Registry): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => labels.split(',').sort().join())).sort();
}

test('families are read as the metrics of prom-client are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (changes) => {
      const [ours, theirs] = [registryOf(), registryOf()];
      const common = { name: 'rows', help: 'Rows.', labelNames: [...LABELS] };
      const times = { name: 'latency', help: 'Latency, milliseconds.', labelNames: [...LABELS], buckets };
      const counter = new Counter({ ...common, registers: [theirs] });
      const histogram = new Histogram({ ...times, registers: [theirs] });
      const counts = new CounterFamily({ ...common, labelNames: LABELS, registers: [ours] });
      const latencies = new HistogramFamily({ ...times, labelNames: LABELS, registers: [ours] });
      for (const { texts, value } of changes) {
        const [kind, place, state] = texts;
        counter.inc({ kind, place, state }, value);
        histogram.observe({ kind, place, state }, value);
        counts.of(...texts).inc(value);
        latencies.of(...texts).observe(value);
      }
      expect(await linesOf(ours)).toEqual(await linesOf(theirs));
      expect(await linesOf(ours)).toEqual(await linesOf(theirs));
    }),
  );
});

test('a family without labels is there from the start, one with labels when they are named; what is removed is gone', async () => {
  const registry = registryOf();
  const options = { help: 'Rows.', registers: [registry] };
  new CounterFamily({ ...options, name: 'all', labelNames: [] });
  const some = new CounterFamily({ ...options, name: 'some', labelNames: ['kind', 'state'] as const });
  some.of('a', 'good').inc();
  some.of('a', 'bad').inc(3);
  some.remove('a', 'good');
  some.remove('b', 'good');
  const text = await registry.metrics();
  expect(text).toMatch(/^all\{node_id="node-1"\} 0$/m);
  expect(text).toMatch(/^some\{kind="a",state="bad",node_id="node-1"\} 3$/m);
  expect(text).not.toContain('good');
});

test('a child may be kept', () => {
  const family = new CounterFamily({ name: 'kept', help: 'Kept.', labelNames: ['kind'] as const, registers: [] });
  const child = family.of('a');
  child.inc(2);
  expect(family.of('a')).toBe(child);
  expect(family.of('a').value).toBe(2);
});
