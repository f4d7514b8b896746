import { SingleBar } from 'cli-progress';

/** A bar on standard error for long work; nothing at all where that is no terminal, or when it should be quiet. */
export class ProgressBar implements Disposable {
  readonly #bar: SingleBar | undefined;

  constructor(label: string, unit: string, total: number, quiet = false) {
    if (quiet || !process.stderr.isTTY) return;
    const format = `${label} [{bar}] {value} of {total} ${unit}, {eta_formatted} left`;
    this.#bar = new SingleBar({ format, stream: process.stderr, etaBuffer: 50 });
    this.#bar.start(total, 0);
  }

  update(value: number): void {
    this.#bar?.update(value);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }
}
