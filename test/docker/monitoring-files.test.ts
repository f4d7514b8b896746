import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';
import { missingPrometheus, runTool } from '../servers/prometheus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import {
  ALERTMANAGER_CONFIG,
  alertChecks,
  alerts,
  dashboards,
  metricsIn,
  PROMETHEUS_CONFIG,
  RULE_TESTS,
} from './dashboards.ts';

const OPERATIONS = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

test('every metric that dashboards and alerts name is one that the code registers', () => {
  const registered = new Set(
    createMetrics('node')
      .registry.getMetricsAsArray()
      .map((metric) => (metric as unknown as { readonly name: string }).name),
  );
  const expressions = [
    ...dashboards().flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
    ...dashboards().flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query').map(queryOf)),
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

/** Ids of Grafana's units (its `getValueFormat`), as far as we use any. */
const UNITS = ['short', 'ms', 's', 'bytes', 'Bps', 'ops', 'reqps', 'percentunit'];

test('panels have units, variables that are defined, and the chosen data source; dashboards lead to each other, the console and the traces', () => {
  for (const { title, panels, templating, links, tags } of dashboards()) {
    const names = templating.list.map(({ name }) => name);
    expect(new Set(names).size, title).toBe(names.length);
    expect(names[0]).toBe('datasource');
    for (const { title: panel, fieldConfig, datasource, targets } of panels) {
      expect(UNITS, `${title}: ${panel}`).toContain(fieldConfig.defaults.unit);
      expect(new Set(targets.map(({ refId }) => refId)).size, `${title}: ${panel}`).toBe(targets.length);
      for (const target of [{ datasource }, ...targets])
        expect(target.datasource).toEqual({ type: 'prometheus', uid: variable('datasource') });
    }
    const used = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...links.map(({ url = '' }) => url),
    ];
    const named = used.flatMap((text) => Array.from(text.matchAll(/\$\{?([a-z]\w*)/g), ([, name]) => name!));
    expect(
      named.filter((name) => !names.includes(name)),
      title,
    ).toEqual([]);
    for (const { type, allValue } of templating.list) if (type === 'query') expect(allValue).toBe('.*');
    expect(tags).toContain('braid');
    expect(links.map(({ type, url, tags: of }) => url ?? `${type}: ${of}`)).toEqual([
      'dashboards: braid',
      variable('console'),
      variable('traces'),
    ]);
  }
});

/** As dashboards name it. */
function variable(name: string): string {
  return `\${${name}}`;
}

function queryOf({ query }: { readonly query: string }): string {
  return query;
}

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

test('the tests of the rules see every alert silent, and firing with its texts', () => {
  for (const { alert, annotations } of alerts()) {
    const checks = alertChecks().filter(({ alertname }) => alertname === alert);
    const firing = checks.flatMap(({ exp_alerts }) => exp_alerts);
    expect(
      checks.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} silent`,
    ).toBe(true);
    expect(firing.length, `${alert} firing`).toBeGreaterThan(0);
    for (const { exp_annotations } of firing) expect(Object.keys(exp_annotations)).toEqual(Object.keys(annotations));
  }
});

describe.runIf(mayRunWith('Prometheus', missingPrometheus()))("by Prometheus' own tools", () => {
  test('the configuration, the rules and their tests are good', async () => {
    expect(await runTool('promtool', ['check', 'config', PROMETHEUS_CONFIG])).toContain('SUCCESS');
    expect(await runTool('promtool', ['test', 'rules', RULE_TESTS])).toContain('SUCCESS');
    expect(await runTool('amtool', ['check-config', ALERTMANAGER_CONFIG])).toContain('SUCCESS');
  });
});
