import type { Member } from './discovery.ts';

/** Lets any number of watches see the newest list of one registry. A list like the one before wakes nobody. */
export class MemberFeed {
  readonly #wakers = new Set<() => void>();
  #list: readonly Member[] | undefined;
  #text = '';
  #version = 0;
  #isClosed = false;

  /** The order of the members does not matter: watches see them by node id. */
  publish(members: readonly Member[]): void {
    const list = [...members].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
    const text = JSON.stringify(list);
    if (this.#list !== undefined && text === this.#text) return;
    this.#list = list;
    this.#text = text;
    this.#version++;
    this.#wake();
  }

  /** As `Discovery.watch`: yields nothing before the first list is published; ends when the signal aborts or the feed is closed. */
  async *watch(signal: AbortSignal): AsyncGenerator<readonly Member[]> {
    let seen = 0;
    while (!signal.aborted && !this.#isClosed) {
      if (this.#version === seen) {
        await this.#nextChange(signal);
        continue;
      }
      seen = this.#version;
      yield this.#list!;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
