import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeStatus } from '../../proto/generated/node.ts';
import { WRITER_LIMITS } from './limits.ts';

/** The writer's own account, told to everyone who watches: at once, after every change, and at least every second. */
export class StatusStream {
  readonly #describe: (sequence: number) => NodeStatus;
  #changed = new AbortController();
  #sequence = 0;

  constructor(describe: (sequence: number) => NodeStatus) {
    this.#describe = describe;
  }

  changed(): void {
    const before = this.#changed;
    this.#changed = new AbortController();
    before.abort();
  }

  async *watch(signal: AbortSignal): AsyncGenerator<NodeStatus> {
    while (!signal.aborted) {
      const next = AbortSignal.any([signal, this.#changed.signal]);
      yield this.#describe(++this.#sequence);
      await sleep(WRITER_LIMITS.statusIntervalMs, undefined, { signal: next }).catch(() => undefined);
    }
  }
}
