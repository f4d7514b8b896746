import type { Member } from '../discovery/discovery.ts';

export interface LoadBound {
  /** For all members together, shared out by weight; 0: no bound. */
  readonly bytesMax: number;
  /** For each member beyond its share of that. */
  readonly slackBytes: number;
}

/** Bytes given to each member so far, against what it may have. */
export class MemberLoads {
  readonly #bytes = new Map<string, number>();
  readonly #bytesPerWeight: number;
  readonly #slackBytes: number;

  constructor(members: readonly Member[], { bytesMax, slackBytes }: LoadBound) {
    const weights = members.reduce((sum, member) => sum + (member.weight ?? 1), 0);
    this.#bytesPerWeight = bytesMax === 0 ? Number.POSITIVE_INFINITY : bytesMax / weights;
    this.#slackBytes = slackBytes;
  }

  hasRoom(member: Member): boolean {
    const bytesMax = this.#bytesPerWeight * (member.weight ?? 1) + this.#slackBytes;
    return (this.#bytes.get(member.nodeId) ?? 0) < bytesMax;
  }

  add(member: Member, byteLength: number): void {
    this.#bytes.set(member.nodeId, (this.#bytes.get(member.nodeId) ?? 0) + byteLength);
  }
}
