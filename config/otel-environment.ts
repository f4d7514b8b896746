/** What OpenTelemetry's own variables ask for, as the choice of a tracing plugin; undefined when they ask for nothing. */
export function tracingFromEnvironment(environment: Readonly<Record<string, string | undefined>>): object | undefined {
  const ownEndpoint = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  const commonEndpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const base = ownEndpoint || commonEndpoint;
  if (!base) return undefined;
  const named = environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  const protocol = named ? (named === 'grpc' ? 'grpc' : 'http') : /:4317\/?$/.test(base) ? 'grpc' : 'http';
  // The common endpoint is a base for all signals (OTLP exporter specification).
  const endpoint = protocol === 'http' && !ownEndpoint ? `${base.replace(/\/$/, '')}/v1/traces` : base;
  return { use: 'otlp', with: { protocol, endpoint } };
}
