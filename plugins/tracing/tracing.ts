import type { SpanExporter } from '@opentelemetry/sdk-trace-node';

/** Where finished spans go. */
export interface Tracing extends AsyncDisposable {
  /** Undefined: spans are not recorded at all (the cheapest way to trace nothing). */
  readonly exporter: SpanExporter | undefined;
}
