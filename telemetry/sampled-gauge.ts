import { Gauge, type Registry } from 'prom-client';

export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** Tells the values of a gauge when the metrics are read. Cheap: it runs on the event loop. */
export type SampleSource<Label extends string> = () => Iterable<Sample<Label>>;

/**
 * A gauge that costs nothing until somebody reads it: what is returned takes functions that tell its values, one for each role of the process. Values of the same labels are added up;
 * labels that are no longer told are gone.
 */
export function sampledGauge<Label extends string = never>(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Set<SampleSource<Label>> {
  const sources = new Set<SampleSource<Label>>();
  new Gauge<Label>({
    name,
    help,
    labelNames: [...labelNames],
    registers,
    collect() {
      this.reset();
      for (const source of sources) for (const { labels, value } of source()) this.inc(labels, value);
    },
  });
  return sources;
}
