import Type from 'typebox';
import { definePlugin } from '../plugin.ts';

/** Sends spans in Jaeger's own Thrift format, for collectors older than 1.35; newer ones are better served by `otlp`. */
export default definePlugin({
  api: 1,
  kind: 'tracing',
  name: 'jaeger',
  options: Type.Object({
    endpoint: Type.String({
      default: 'http://127.0.0.1:14268/api/traces',
      description: 'HTTP endpoint of the Jaeger collector',
    }),
  }),
  async open({ endpoint }) {
    const { JaegerExporter } = await import('@opentelemetry/exporter-jaeger');
    const exporter = new JaegerExporter({ endpoint });
    return { exporter, [Symbol.asyncDispose]: () => exporter.shutdown() };
  },
});
