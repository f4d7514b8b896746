import type { Discovery, Member } from '../plugins/discovery/discovery.ts';

/** Lists of members as they are pushed, by a simulation or a test. */
export class PushedDiscovery implements Discovery {
  #list: readonly Member[];
  #changed = Promise.withResolvers<void>();

  constructor(list: readonly Member[] = []) {
    this.#list = list;
  }

  push(list: readonly Member[]): void {
    this.#list = list;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Member[]> {
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      const { promise } = this.#changed;
      yield this.#list;
      await Promise.race([promise, ended]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
