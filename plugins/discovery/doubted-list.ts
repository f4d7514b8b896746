import type { Member } from './discovery.ts';

/** The newest list as far as it is believed. */
export interface BelievedList {
  readonly members: readonly Member[];
  /** When the rest of the newest list is believed, if it is doubted: look again then. */
  readonly untilMs: number | undefined;
  /** How many of those known a list lacks that is doubted, else 0. */
  readonly doubtedCount: number;
}

/**
 * A registry that comes back empty names its nodes one after the other: who believed it would think for a moment that the cluster is one node. So a list that lacks more than half of those known is doubted:
 * whom it lacks stays for a while, also when later lists lack fewer. Otherwise who is not listed leaves at once.
 */
export class DoubtedList {
  readonly #doubtMs: number;
  readonly #mayStay: (nodeId: string) => boolean;
  readonly #known = new Map<string, Member>();
  readonly #missingSinceMs = new Map<string, number>();

  /** `mayStay`: who is known to be gone does not stay. */
  constructor(doubtMs: number, mayStay: (nodeId: string) => boolean = () => true) {
    this.#doubtMs = doubtMs;
    this.#mayStay = mayStay;
  }

  take(list: readonly Member[], nowMs: number): BelievedList {
    const listed = new Map(list.map((member) => [member.nodeId, member]));
    const missing = [...this.#known.keys()].filter((nodeId) => !listed.has(nodeId));
    const isDoubted = missing.length * 2 > this.#known.size;
    let untilMs: number | undefined;
    for (const nodeId of missing) {
      if (isDoubted && !this.#missingSinceMs.has(nodeId)) this.#missingSinceMs.set(nodeId, nowMs);
      const endMs = (this.#missingSinceMs.get(nodeId) ?? Number.NEGATIVE_INFINITY) + this.#doubtMs;
      if (nowMs < endMs && this.#mayStay(nodeId)) untilMs = Math.min(untilMs ?? endMs, endMs);
      else this.#forget(nodeId);
    }
    for (const [nodeId, member] of listed) {
      this.#known.set(nodeId, member);
      this.#missingSinceMs.delete(nodeId);
    }
    return { members: [...this.#known.values()], untilMs, doubtedCount: isDoubted ? missing.length : 0 };
  }

  #forget(nodeId: string): void {
    this.#known.delete(nodeId);
    this.#missingSinceMs.delete(nodeId);
  }
}
