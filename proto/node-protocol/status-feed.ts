import type { NodeStatus } from '../generated/node.ts';
import { NODE_PROTOCOL_LIMITS } from './limits.ts';

/** A node's status as a stream for every watcher: at once, after every change, and at least every `statusIntervalMs`. */
export class StatusFeed {
  readonly #describe: (sequence: number) => NodeStatus;
  readonly #wakers = new Set<() => void>();
  #sequence = 0;
  #closed = false;

  constructor(describe: (sequence: number) => NodeStatus) {
    this.#describe = describe;
  }

  changed(): void {
    for (const wake of this.#wakers) wake();
  }

  close(): void {
    this.#closed = true;
    this.changed();
  }

  async *watch(signal: AbortSignal): AsyncGenerator<NodeStatus> {
    while (!this.#closed && !signal.aborted) {
      yield this.#describe(++this.#sequence);
      await this.#nextChange(signal);
    }
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, NODE_PROTOCOL_LIMITS.statusIntervalMs);
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
