import { CACHE_LIMITS } from '../limits.ts';

const LIMITS = CACHE_LIMITS.redis;

export interface ServerGateOptions {
  /** Asks the server for anything; rejects when it does not answer. */
  readonly probe: () => Promise<unknown>;
  /** How fast a probe must be answered. */
  readonly timeoutMs: number;
  readonly onChange: (isOpen: boolean, reason: string) => void;
}

/** What a command came to: `undefined` stands for everything that is not an answer in time. */
export type Outcome<T> = { readonly value: T } | undefined;

/**
 * Stands before a server that may be slow or gone. The first command that is not answered in time shuts it: whoever waits is let go at once, and nobody else waits
 * until a probe, made in the background, was answered in time. An error that the server sends is an answer. Shut in the beginning.
 */
export class ServerGate implements Disposable {
  readonly #options: ServerGateOptions;
  #waiting = new Set<() => void>();
  #isOpen = false;
  #isDisposed = false;
  #isProbing = false;
  #probes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ServerGateOptions) {
    this.#options = options;
    this.#scheduleProbe();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Rejects only with an error that the server sent. */
  async run<T>(command: () => Promise<T>, timeoutMs: number): Promise<Outcome<T>> {
    if (!this.#isOpen) return undefined;
    return await new Promise<Outcome<T>>((resolve, reject) => {
      const letGo = (): void => settle(() => resolve(undefined));
      const timer = setTimeout(() => this.shut(`no answer for ${timeoutMs} ms`), timeoutMs);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(letGo);
        end();
      };
      this.#waiting.add(letGo);
      command().then(
        (value) => settle(() => resolve({ value })),
        (error: Error) => {
          if (isAnswer(error)) settle(() => reject(error));
          else this.shut(error.message);
        },
      );
    });
  }

  shut(reason: string): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#options.onChange(false, reason);
      this.#probes = 0;
      this.#scheduleProbe();
    }
    for (const letGo of waiting) letGo();
  }

  /** Looks at once whether the server answers: something says that it might. */
  async probe(): Promise<void> {
    if (this.#isOpen || this.#isDisposed || this.#isProbing) return;
    clearTimeout(this.#timer);
    this.#isProbing = true;
    try {
      const beganMs = performance.now();
      await this.#options.probe();
      const tookMs = performance.now() - beganMs;
      if (tookMs <= this.#options.timeoutMs && !this.#isDisposed) {
        this.#isOpen = true;
        this.#options.onChange(true, `answered after ${tookMs.toFixed(1)} ms`);
      }
    } catch {
      // Still gone: the next probe is due after a longer pause.
    } finally {
      this.#isProbing = false;
    }
    if (!this.#isOpen) this.#scheduleProbe();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#isOpen = false;
    for (const letGo of this.#waiting) letGo();
    this.#waiting.clear();
  }

  #scheduleProbe(): void {
    if (this.#isDisposed) return;
    clearTimeout(this.#timer);
    const delayMs = Math.min(LIMITS.probeMsMax, LIMITS.probeMsMin * 2 ** Math.min(this.#probes++, 10));
    this.#timer = setTimeout(() => void this.probe(), delayMs).unref();
  }
}

/** The server said no (READONLY, OOM, WRONGTYPE, NOAUTH, ...): it lives. */
function isAnswer(error: Error): boolean {
  return error.name === 'ReplyError';
}
