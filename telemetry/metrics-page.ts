import type { Registry } from 'prom-client';

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly type: string;
}

const HEAD = `# Metrics

\`GET :9091/metrics\` on every process. Names that begin with \`milvus_\` are Milvus' own, so that its dashboards work; names that begin with \`braid_\` are ours. Latencies are milliseconds, as Milvus has
them. Every series also has \`node_id\`. Labels are bounded: the first 100 names of collections (64 of databases) that a process sees are themselves, all later ones are \`other\`.
Prometheus gets the OpenMetrics format, with the ids of sampled traces as exemplars on \`milvus_proxy_req_latency\`, \`milvus_proxy_sq_latency\` and \`milvus_proxy_mutation_latency\`.

This page is made from the code: \`npx vitest run test/telemetry/metrics-page.test.ts -u\`; the test fails while it is not current. [Dashboards, alerts](operations.md).
`;

/** docs/metrics.md: all that is registered, by name. */
export function metricsPage(registry: Registry): string {
  const described = registry
    .getMetricsAsArray()
    .map((metric) => metric as unknown as Described)
    .sort((left, right) => left.name.localeCompare(right.name));
  const rows = described.map((metric) => {
    const labels = metric.labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${metric.name}\` | ${metric.type} | ${labels} | ${metric.help} |`;
  });
  return [HEAD, '| metric | kind | labels | what it says |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
