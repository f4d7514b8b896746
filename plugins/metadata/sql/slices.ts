import { setImmediate } from 'node:timers/promises';
import { METADATA_LIMITS } from '../limits.ts';

/** Maps many rows without holding the event loop: after each few milliseconds of work others get their turn. */
export async function mapInSlices<Row, Result>(
  rows: readonly Row[],
  map: (row: Row) => Result,
): Promise<readonly Result[]> {
  const turn = new Turn();
  const results: Result[] = [];
  for (let start = 0; start < rows.length; start += METADATA_LIMITS.sliceRows) {
    for (const row of rows.slice(start, start + METADATA_LIMITS.sliceRows)) results.push(map(row));
    await turn.giveWay();
  }
  return results;
}

/** The time that one piece of work has held the event loop. */
export class Turn {
  #startMs = performance.now();

  /** Starts counting anew: nothing was computed since a wait for others. */
  restart(): void {
    this.#startMs = performance.now();
  }

  /** Waits for the others if this turn took long enough. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#startMs < METADATA_LIMITS.sliceMs) return;
    await setImmediate();
    this.restart();
  }
}
