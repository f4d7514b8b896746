import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../core/clock.ts';
import type { AccessLimits } from './limits.ts';

interface Guesses {
  failures: number;
  /** Those that wait for their turn. */
  waiting: number;
  /** When the last of them may go on. */
  lastTurnMs: number;
}

/**
 * Makes guessing of passwords slow: whoever has failed waits before the next try, longer each time, and of those that wait for one key only few are let in line.
 * Success wipes the slate. Bounded: the keys that were used least recently are forgotten.
 */
export class GuessLimiter {
  readonly #limits: AccessLimits;
  readonly #clock: Clock;
  readonly #guesses: LRUCache<string, Guesses>;

  constructor(limits: AccessLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#guesses = new LRUCache({ max: limits.guessersMax, ttl: limits.guessMemoryMs });
  }

  /** Waits for the key's next turn. False: too many wait already; do not even look. */
  async turn(key: string): Promise<boolean> {
    const guesses = this.#guesses.get(key);
    if (!guesses || guesses.failures < this.#limits.freeGuesses) return true;
    if (guesses.waiting >= this.#limits.guessesWaitingMax) return false;
    const now = this.#clock.monotonicMs();
    const turnMs = Math.max(now, guesses.lastTurnMs) + this.#pauseMs(guesses.failures);
    guesses.lastTurnMs = turnMs;
    guesses.waiting++;
    try {
      await sleep(turnMs - now, undefined, { ref: false });
    } finally {
      guesses.waiting--;
    }
    return true;
  }

  failed(key: string): void {
    const guesses = this.#guesses.get(key) ?? { failures: 0, waiting: 0, lastTurnMs: 0 };
    guesses.failures++;
    this.#guesses.set(key, guesses);
  }

  succeeded(key: string): void {
    this.#guesses.delete(key);
  }

  #pauseMs(failures: number): number {
    const { guessPauseMs, guessPauseMsMax, freeGuesses } = this.#limits;
    return Math.min(guessPauseMsMax, guessPauseMs * 2 ** (failures - freeGuesses));
  }
}
