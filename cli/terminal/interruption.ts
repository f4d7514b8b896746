const INTERRUPTED_EXIT_CODE = 130;

/** Ctrl-C while it lives: the work is asked to end in good order, and the exit code will be 130. A second Ctrl-C ends the process at once. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #interrupt = (): void => {
    process.exitCode = INTERRUPTED_EXIT_CODE;
    this.#controller.abort();
  };

  constructor() {
    process.once('SIGINT', this.#interrupt);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isAsked(): boolean {
    return this.signal.aborted;
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#interrupt);
  }
}
