import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';
import { missingPrometheus, runTool } from '../servers/prometheus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { ALERTMANAGER_CONFIG, alerts, dashboards, metricsIn, PROMETHEUS_CONFIG, RULE_TESTS } from './dashboards.ts';

const OPERATIONS = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

test('every metric that dashboards and alerts name is one that the code registers', () => {
  const registered = new Set(
    createMetrics('node')
      .registry.getMetricsAsArray()
      .map((metric) => (metric as unknown as { readonly name: string }).name),
  );
  const expressions = [
    ...dashboards().flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
    ...alerts().map(({ expr }) => expr),
  ];
  const named = new Set(expressions.flatMap(metricsIn));
  expect(named.size).toBeGreaterThan(40);
  expect([...named].filter((name) => !registered.has(name))).toEqual([]);
});

test('dashboards have what Grafana needs: distinct ids, places that do not overlap, a query in every panel', () => {
  const all = dashboards();
  expect(all.map(({ uid }) => uid).sort()).toEqual([
    'braid-dependencies',
    'braid-overview',
    'braid-readers-and-segments',
    'braid-search-path',
    'braid-writer-and-log',
  ]);
  for (const { title, schemaVersion, panels } of all) {
    expect(schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = new Set<string>();
    for (const panel of panels) {
      expect(['timeseries', 'stat', 'heatmap']).toContain(panel.type);
      expect(panel.targets.length, `${title}: ${panel.title}`).toBeGreaterThan(0);
      const { x, y, w, h } = panel.gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(cells.has(`${column},${row}`), `${title}: ${panel.title} lies on another panel`).toBe(false);
          cells.add(`${column},${row}`);
        }
      }
    }
  }
});

test('every alert leads to a section that is there', () => {
  const headings = [...readFileSync(OPERATIONS, 'utf8').matchAll(/^### (\w+)$/gm)].map((match) => match[1]!);
  expect(headings.sort()).toEqual(
    alerts()
      .map(({ alert }) => alert)
      .sort(),
  );
  for (const { alert, annotations } of alerts()) {
    expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
});

describe.runIf(mayRunWith('Prometheus', missingPrometheus()))("by Prometheus' own tools", () => {
  test('the configuration, the rules and their tests are good', async () => {
    expect(await runTool('promtool', ['check', 'config', PROMETHEUS_CONFIG])).toContain('SUCCESS');
    expect(await runTool('promtool', ['test', 'rules', RULE_TESTS])).toContain('SUCCESS');
    expect(await runTool('amtool', ['check-config', ALERTMANAGER_CONFIG])).toContain('SUCCESS');
  });
});
