import { BraidError } from '../../../core/errors.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { ClusterState } from './cluster-state.ts';

/** The members of the cluster's row that only grow. */
export interface HistoryMark {
  readonly term: number;
  readonly catalogVersion: number;
  readonly nextId: number;
  readonly timestampBound: Timestamp;
}

/**
 * Notices metadata that went back in time: a restored backup, or a replica that was promoted before it had everything. Going on would hand out ids and
 * timestamps a second time and forget published segments, so once seen, everything is refused until an operator has looked and the process is restarted.
 *
 * A read is compared with what was known when it *began*: reads that overtake each other are no going back.
 */
export class HistoryGuard {
  #known: HistoryMark = { term: 0, catalogVersion: 0, nextId: 0, timestampBound: 0n };
  #verdict: BraidError | undefined;

  /** What a read that begins now must at least find; throws if the past was lost already. */
  begin(): HistoryMark {
    if (this.#verdict) throw this.#verdict;
    return this.#known;
  }

  /** Checks what a read found against the mark it began with. */
  check(mark: HistoryMark, found: ClusterState): void {
    const lost = describeLoss(mark, found);
    if (lost === undefined) return;
    this.#verdict = new BraidError(
      'internal',
      `the metadata went back in time: ${lost}; it was restored from a backup or a replica that lagged behind was promoted. ` +
        'all work with it is refused: restore the newest state, or accept the loss and restart every node',
    );
    throw this.#verdict;
  }

  /** Remembers what is certainly stored: a state that was read, or one whose commit was confirmed. */
  remember(stored: HistoryMark): void {
    const known = this.#known;
    this.#known = {
      term: Math.max(known.term, stored.term),
      catalogVersion: Math.max(known.catalogVersion, stored.catalogVersion),
      nextId: Math.max(known.nextId, stored.nextId),
      timestampBound: later(known.timestampBound, stored.timestampBound),
    };
  }
}

function describeLoss(mark: HistoryMark, found: HistoryMark): string | undefined {
  if (found.catalogVersion < mark.catalogVersion) {
    return `catalog version ${found.catalogVersion} after ${mark.catalogVersion} was seen`;
  }
  if (found.term < mark.term) return `term ${found.term} after ${mark.term} was seen`;
  if (found.nextId < mark.nextId) return `next id ${found.nextId} after ${mark.nextId} was seen`;
  if (found.timestampBound < mark.timestampBound) {
    return `timestamp bound ${found.timestampBound} after ${mark.timestampBound} was seen`;
  }
  return undefined;
}

function later(a: Timestamp, b: Timestamp): Timestamp {
  if (a > b) return a;
  return b;
}
