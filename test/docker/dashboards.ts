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
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
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

/** Names of metrics of ours in an expression, without what Prometheus appends to those of histograms. */
export function metricsIn(expression: string): readonly string[] {
  const names = expression.match(/\b(?:braid|milvus)_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|count|sum)$/, (suffix) => (isHistogramName(name) ? '' : suffix)));
}

/** Milvus' counters end in `_count`, too: those of histograms end in `_latency_count` and the like. */
function isHistogramName(name: string): boolean {
  return /_(latency|wait|duration|fan_out)_(bucket|count|sum)$/.test(name);
}
