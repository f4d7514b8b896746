import Type from 'typebox';
import { definePlugin } from '../plugin.ts';

/** Prints every finished span to standard output: for a look at one search, not for production. */
export default definePlugin({
  api: 1,
  kind: 'tracing',
  name: 'console',
  options: Type.Object({}),
  async open() {
    const { ConsoleSpanExporter } = await import('@opentelemetry/sdk-trace-node');
    const exporter = new ConsoleSpanExporter();
    return { exporter, [Symbol.asyncDispose]: () => exporter.shutdown() };
  },
});
