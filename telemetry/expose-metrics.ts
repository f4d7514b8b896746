import { type Metric, Registry } from 'prom-client';

export interface ExposedMetrics {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The metrics as text: in the OpenMetrics format, which alone has exemplars, for whoever accepts it (Prometheus does), in Prometheus' own otherwise.
 * The names are the same in both: most of Milvus' counters do not end in `_total`, as OpenMetrics wants of counters, so there they are of the type `unknown`.
 */
export async function exposeMetrics(registry: Registry, accept: string): Promise<ExposedMetrics> {
  if (!accept.includes('application/openmetrics-text')) {
    return { contentType: registry.contentType, text: await registry.metrics() };
  }
  const readings = (await registry.getMetricsAsJSON()) as unknown as readonly Reading[];
  const open = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const reading of readings) open.registerMetric(asOpenMetric(reading));
  return { contentType: open.contentType, text: await open.metrics() };
}

/** A metric as prom-client has read it. */
interface Reading {
  readonly name: string;
  readonly type: string;
}

const TOTAL = '_total';

/** prom-client appends `_total` to the name of every counter. */
function asOpenMetric(reading: Reading): Metric {
  const isCounter = reading.type === 'counter';
  const isTotal = isCounter && reading.name.endsWith(TOTAL);
  const name = isTotal ? reading.name.slice(0, -TOTAL.length) : reading.name;
  const type = isCounter && !isTotal ? 'unknown' : reading.type;
  return { name, get: async () => ({ ...reading, name, type }) } as unknown as Metric;
}
