/** What stands for all names beyond the limit. */
export const OTHER = 'other';

/**
 * Names that come from users, as values of a label: the first `limit` names are themselves, all later ones are `other`. Each name of a collection is a time series (of a histogram: many)
 * in every process, and Prometheus pays for each. A name keeps its place until the process ends, also when its collection is dropped.
 */
export class BoundedLabel {
  readonly #limit: number;
  readonly #names = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(name: string): string {
    if (name === '' || this.#names.has(name)) return name;
    if (this.#names.size >= this.#limit) return OTHER;
    this.#names.add(name);
    return name;
  }
}
