import { BraidError } from '../../../../core/errors.ts';
import type { WriterParts } from '../test-writer.ts';

/** Methods that change something outside the process. */
const STEPS = new Set([
  'acquireLease',
  'reserveIds',
  'reserveTimestamps',
  'apply',
  'begin',
  'append',
  'truncate',
  'put',
  'putFile',
  'delete',
]);

/**
 * Stands in front of real plugins and lets the process "die" at a chosen step: at step `crashAt` the call is not made (`before`) or made without its answer
 * arriving (`after`); from then on nothing works any more.
 */
export class FailingParts {
  readonly #crashAt: number;
  readonly #mode: 'before' | 'after';
  readonly #death = new AbortController();
  step = 0;
  /** Name of the step that crashed. */
  crashed: string | undefined;

  constructor(crashAt: number, mode: 'before' | 'after') {
    this.#crashAt = crashAt;
    this.#mode = mode;
  }

  /** Aborts with the crash. */
  get signal(): AbortSignal {
    return this.#death.signal;
  }

  wrap(parts: WriterParts): WriterParts {
    return {
      metadata: this.#wrapOne(parts.metadata, 'metadata'),
      log: this.#wrapOne(parts.log, 'log'),
      storage: this.#wrapOne(parts.storage, 'storage'),
    };
  }

  #wrapOne<Part extends object>(part: Part, name: string): Part {
    return new Proxy(part, {
      get: (target, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        const method = String(property);
        if (!STEPS.has(method)) return value.bind(target);
        return (...args: unknown[]) => this.#call(`${name}.${method}`, () => value.apply(target, args));
      },
    });
  }

  async #call(name: string, call: () => Promise<unknown>): Promise<unknown> {
    const died = () => new BraidError('serviceUnavailable', `${name}: the process is dead`);
    if (this.#death.signal.aborted) throw died();
    this.step++;
    if (this.step !== this.#crashAt) return call();
    this.crashed = name;
    if (this.#mode === 'after') await call();
    this.#death.abort();
    throw died();
  }
}
