/** Runs work one after another, in the order of the calls; a failure is its caller's and does not stop the lane. */
export class WorkLane {
  #last: Promise<unknown> = Promise.resolve();

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all work given so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
