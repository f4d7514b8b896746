/**
 * Runs one task at a time for many who want its effect. Whoever calls `run` gets a run that began after the call: one under way may have read the world before
 * the caller's reason came up, so callers that find one wait for the next, all for the same.
 */
export class SingleFlight {
  readonly #task: () => Promise<void>;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  run(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#current) return this.#begin();
    const next = this.#current.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    this.#next = next;
    return next;
  }

  #begin(): Promise<void> {
    this.#next = undefined;
    const flight = this.#task().finally(() => {
      if (this.#current === flight) this.#current = undefined;
    });
    this.#current = flight;
    return flight;
  }
}
