import type { Timestamp } from '../../../core/timestamps.ts';
import type { Answer, ReadResponse } from '../../cluster/scatter.ts';

/** Up to when an answer that was put together from several reads has seen every write. */
export class SeenUntil {
  #timestamp: Timestamp | undefined;
  #hasGap = false;

  take(answers: readonly Answer<ReadResponse>[]): void {
    // Without the writer the rows after the view are missing.
    if (!answers.some(({ isWriter }) => isWriter)) this.#hasGap = true;
    for (const { response } of answers) {
      const applied = response.state?.appliedTimestamp ?? 0n;
      if (this.#timestamp === undefined || applied < this.#timestamp) this.#timestamp = applied;
    }
  }

  /** Undefined when that is not known. */
  get timestamp(): Timestamp | undefined {
    return this.#hasGap ? undefined : this.#timestamp;
  }
}
