import { type FamilyOptions, MetricFamily, type Reading } from './metric-family.ts';

export class CounterChild {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  /** By a number that is not negative. */
  inc(by = 1): void {
    this.#value += by;
  }
}

/** A counter for what every request counts; see MetricFamily. */
export class CounterFamily<const Labels extends readonly string[]> extends MetricFamily<Labels, CounterChild> {
  readonly type = 'counter';

  constructor(options: FamilyOptions<Labels>) {
    super(options, () => new CounterChild());
  }

  protected *readingsOf({ value }: CounterChild): Generator<Reading> {
    yield { labels: {}, value };
  }
}
