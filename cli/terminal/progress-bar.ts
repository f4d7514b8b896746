import { SingleBar } from 'cli-progress';

const BAR_CHARACTERS_MAX = 40;
const BAR_CHARACTERS_MIN = 5;
/** Where nobody sees a bar move, a line now and then: a log is not filled by it. */
const LINE_INTERVAL_MS = 10_000;

/** How far long work is, on standard error: a bar on a terminal, a line every ten seconds elsewhere, nothing at all when it should be quiet. */
export class ProgressBar implements Disposable {
  readonly #label: string;
  readonly #unit: string;
  readonly #total: number;
  readonly #bar: SingleBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #value = 0;

  /** `total` 0: not known. */
  constructor(label: string, unit: string, total: number, quiet = false) {
    this.#label = label;
    this.#unit = unit;
    this.#total = total;
    if (quiet) return;
    if (!process.stderr.isTTY) {
      this.#timer = setInterval(() => process.stderr.write(`${this.#line()}\n`), LINE_INTERVAL_MS).unref();
      return;
    }
    const amounts = total > 0 ? `{value} of {total} ${unit}, {eta_formatted} left` : `{value} ${unit}`;
    const beside = `${label}  ${amounts}`.length + 2 * String(total).length;
    const barsize = Math.max(BAR_CHARACTERS_MIN, Math.min(BAR_CHARACTERS_MAX, (process.stderr.columns || 80) - beside));
    const format = total > 0 ? `${label} [{bar}] ${amounts}` : `${label} ${amounts}`;
    this.#bar = new SingleBar({ format, stream: process.stderr, etaBuffer: 50, barsize, linewrap: true });
    this.#bar.start(total, 0);
  }

  update(value: number): void {
    this.#value = value;
    this.#bar?.update(value);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#bar?.stop();
  }

  #line(): string {
    if (this.#total === 0) return `${this.#label}: ${this.#value} ${this.#unit}`;
    const percent = Math.floor((100 * this.#value) / this.#total);
    return `${this.#label}: ${this.#value} of ${this.#total} ${this.#unit} (${percent} %)`;
  }
}
