import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const DOCKER = fileURLToPath(new URL('../../docker/', import.meta.url));
const DASHBOARDS = `${DOCKER}grafana/dashboards/`;

export const PROMETHEUS_CONFIG = `${DOCKER}prometheus/prometheus.yml`;
export const RULES = `${DOCKER}prometheus/rules/braid.yml`;
export const RULE_TESTS = `${DOCKER}prometheus/rules/braid.test.yml`;
export const ALERTMANAGER_CONFIG = `${DOCKER}alertmanager/alertmanager.yml`;

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: Datasource;
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: Datasource }[];
}

export interface Datasource {
  readonly type: string;
  readonly uid: string;
}

export interface Variable {
  readonly name: string;
  readonly type: 'datasource' | 'query' | 'textbox';
  /** Of `query`: `label_values(metric, label)`. */
  readonly query: string;
  readonly allValue?: string;
  readonly datasource?: Datasource;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly links: readonly { readonly type: string; readonly url?: string; readonly tags?: readonly string[] }[];
  readonly tags: readonly string[];
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook_url: string };
}

export function dashboards(): readonly Dashboard[] {
  return readdirSync(DASHBOARDS).map((file) => JSON.parse(readFileSync(DASHBOARDS + file, 'utf8')));
}

export function alerts(): readonly Alert[] {
  return parse(readFileSync(RULES, 'utf8')).groups.flatMap(
    (group: { readonly rules: readonly Alert[] }) => group.rules,
  );
}

/** What the tests of the rules expect of an alert at some time. */
export interface AlertCheck {
  readonly alertname: string;
  readonly exp_alerts: readonly { readonly exp_annotations: Readonly<Record<string, string>> }[];
}

export function alertChecks(): readonly AlertCheck[] {
  return parse(readFileSync(RULE_TESTS, 'utf8')).tests.flatMap(
    (test: { readonly alert_rule_test: readonly AlertCheck[] }) => test.alert_rule_test,
  );
}

/** An expression as Grafana sends it with every variable on All. */
export function withVariables(expression: string, { templating }: Dashboard): string {
  const own = templating.list.reduce(
    (text, { name, allValue = '' }) => text.replaceAll(`$${name}`, allValue),
    expression,
  );
  return own.replaceAll('$__rate_interval', '30s');
}

/** Metric and label of `label_values(metric, label)`. */
export function labelValues({ query }: Variable): { readonly metric: string; readonly label: string } {
  const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query)!;
  return { metric: metric!, label: label! };
}

/** Names of metrics of ours in an expression, without what Prometheus appends to those of histograms. */
export function metricsIn(expression: string): readonly string[] {
  const names = expression.match(/\b(?:braid|milvus)_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|count|sum)$/, (suffix) => (isHistogramName(name) ? '' : suffix)));
}

/** Milvus' counters end in `_count`, too: those of histograms end in `_latency_count` and the like. */
function isHistogramName(name: string): boolean {
  return /_(latency|wait|duration|fan_out|search_nq|search_topk)_(bucket|count|sum)$/.test(name);
}
