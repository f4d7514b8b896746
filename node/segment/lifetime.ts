import { BraidError } from '../../core/errors.ts';

/** Counts who uses a thing: what is closed goes away when its last use ends. */
export class Lifetime {
  readonly #name: string;
  readonly #onEnd: () => void;
  #uses = 0;
  #closed = false;

  constructor(name: string, onEnd: () => void) {
    this.#name = name;
    this.#onEnd = onEnd;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Begins a use; call what it returns, once or more often, to end it. Throws `segmentNotFound` after `close`. */
  use(): () => void {
    if (this.#closed) throw new BraidError('segmentNotFound', `${this.#name} is closed`);
    this.#uses++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#uses--;
      this.#endIfUnused();
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endIfUnused();
  }

  #endIfUnused(): void {
    if (this.#closed && this.#uses === 0) this.#onEnd();
  }
}
