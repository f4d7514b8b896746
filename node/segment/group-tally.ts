import type { GroupKey } from '../../core/merge/group-key.ts';

interface KeptHit {
  readonly offset: number;
  readonly score: number;
}

/**
 * Keeps account of one query's groups, round by round. Hits come nearest first within a round; a later round leaves out the rows of groups that were full, and shows hits again that
 * were seen before.
 */
export class GroupTally {
  readonly #groupCount: number;
  readonly #size: number;
  readonly #only: ReadonlySet<GroupKey> | undefined;
  readonly #groups = new Map<GroupKey, KeptHit[]>();
  readonly #seen = new Set<number>();
  readonly #full = new Set<GroupKey>();
  #isExhausted = false;

  /** `only`: the groups there can be. */
  constructor(groupCount: number, size: number, only: ReadonlySet<GroupKey> | undefined) {
    this.#groupCount = groupCount;
    this.#size = size;
    this.#only = only;
  }

  get full(): ReadonlySet<GroupKey> {
    return this.#full;
  }

  get keptCount(): number {
    return this.#seen.size;
  }

  /** The first groups, enough of them, that want more hits: only their rows are of interest any more. Undefined while groups are missing. */
  get unfilled(): ReadonlySet<GroupKey> | undefined {
    if (this.#groups.size < this.#groupCount) return undefined;
    const first = [...this.#groups.keys()].slice(0, this.#groupCount);
    return new Set(first.filter((key) => !this.#full.has(key)));
  }

  get isComplete(): boolean {
    if (this.#isExhausted || this.#full.size === this.#only?.size) return true;
    return this.unfilled?.size === 0;
  }

  add(key: GroupKey, offset: number, score: number): void {
    if (this.#full.has(key) || this.#seen.has(offset)) return;
    const group = this.#groups.get(key) ?? [];
    this.#groups.set(key, group);
    group.push({ offset, score });
    this.#seen.add(offset);
    if (group.length === this.#size) this.#full.add(key);
  }

  /** `isLast`: there are no more rows than were shown. */
  endRound(isLast: boolean): void {
    this.#isExhausted ||= isLast;
  }

  /** Hits of the first groups. */
  kept(): readonly KeptHit[] {
    return [...this.#groups.values()].slice(0, this.#groupCount).flat();
  }
}
