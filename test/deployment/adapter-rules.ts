import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { HOME } from '../house/sources.ts';

export interface AdapterRule {
  readonly name: { readonly as: string };
  /** Such as `braid_event_loop_delay_seconds{quantile="0.99"}`. */
  readonly seriesQuery: string;
  readonly metricsQuery: string;
}

/** The rules for prometheus-adapter that autoscalers need. */
export async function adapterRules(): Promise<readonly AdapterRule[]> {
  const { rules } = parse(await readFile(join(HOME, 'docker/kubernetes/prometheus-adapter.yaml'), 'utf8'));
  return rules.custom;
}

/** What the adapter asks Prometheus for all pods at once, by a label that is there without Kubernetes, too. */
export function adapterQuery({ seriesQuery, metricsQuery }: AdapterRule, matchers: string, group: string): string {
  const [series] = seriesQuery.split('{');
  return metricsQuery
    .replace('<<.Series>>', series!)
    .replace('<<.LabelMatchers>>', matchers)
    .replace('<<.GroupBy>>', group);
}
