import Type from 'typebox';
import { definePlugin } from '../plugin.ts';

/** Sends spans by OTLP, which Jaeger (1.35 and later), Tempo and every OpenTelemetry collector take. */
export default definePlugin({
  api: 1,
  kind: 'tracing',
  name: 'otlp',
  options: Type.Object({
    protocol: Type.Union([Type.Literal('grpc'), Type.Literal('http')], {
      default: 'grpc',
      description: 'grpc (port 4317) or http (JSON over HTTP, port 4318)',
    }),
    endpoint: Type.String({
      default: '',
      description:
        'URL of the collector; empty: http://127.0.0.1:4317 for grpc, http://127.0.0.1:4318/v1/traces for http',
    }),
  }),
  async open({ protocol, endpoint }) {
    const exporter = protocol === 'grpc' ? await grpcExporter(endpoint) : await httpExporter(endpoint);
    return { exporter, [Symbol.asyncDispose]: () => exporter.shutdown() };
  },
});

async function grpcExporter(endpoint: string) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
  return new OTLPTraceExporter({ url: endpoint || 'http://127.0.0.1:4317' });
}

async function httpExporter(endpoint: string) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter({ url: endpoint || 'http://127.0.0.1:4318/v1/traces' });
}
