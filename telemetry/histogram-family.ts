import { type Exemplar, type FamilyOptions, MetricFamily, type Reading } from './metric-family.ts';

const MS_PER_S = 1000;

export class HistogramChild {
  readonly #bounds: readonly number[];
  /** Values in each bucket, those beyond the last bound last. */
  readonly counts: Float64Array;
  readonly exemplars: (Exemplar | undefined)[] = [];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.#sum;
  }

  /** `traceId`: of the recorded trace that the value comes from. */
  observe(value: number, traceId?: string): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.counts[bucket]! += 1;
    this.#sum += value;
    if (traceId) {
      this.exemplars[bucket] = { labelSet: { trace_id: traceId }, value, timestamp: Date.now() / MS_PER_S };
    }
  }
}

/** A histogram for what every request measures, with the ids of traces as exemplars; see MetricFamily. */
export class HistogramFamily<const Labels extends readonly string[]> extends MetricFamily<Labels, HistogramChild> {
  readonly type = 'histogram';
  readonly #bounds: readonly number[];

  /** `buckets`: their upper bounds, ascending. */
  constructor(options: FamilyOptions<Labels> & { readonly buckets: readonly number[] }) {
    super(options, () => new HistogramChild(options.buckets));
    this.#bounds = options.buckets;
  }

  protected *readingsOf({ counts, sum, exemplars }: HistogramChild): Generator<Reading> {
    let total = 0;
    for (const [bucket, count] of counts.entries()) {
      total += count;
      const le = this.#bounds[bucket] ?? '+Inf';
      yield { metricName: `${this.name}_bucket`, labels: { le }, value: total, exemplar: exemplars[bucket] };
    }
    yield { metricName: `${this.name}_sum`, labels: {}, value: sum };
    yield { metricName: `${this.name}_count`, labels: {}, value: total };
  }
}
