import type { Member } from '../discovery/discovery.ts';

export interface LoadBound {
  /** For all members together, shared out by weight; 0: no bound. */
  readonly bytesMax: number;
  /** For each member beyond its share of that. */
  readonly slackBytes: number;
}

/** Bytes given to each member so far, against what it may have; by the members' places in their list. */
export class MemberLoads {
  readonly #bytes: Float64Array;
  readonly #bytesMax: Float64Array;

  constructor(members: readonly Member[], { bytesMax, slackBytes }: LoadBound) {
    const weights = members.reduce((sum, member) => sum + (member.weight ?? 1), 0);
    const bytesPerWeight = bytesMax === 0 ? Number.POSITIVE_INFINITY : bytesMax / weights;
    this.#bytes = new Float64Array(members.length);
    this.#bytesMax = Float64Array.from(members, ({ weight }) => bytesPerWeight * (weight ?? 1) + slackBytes);
  }

  hasRoom(place: number): boolean {
    return this.#bytes[place]! < this.#bytesMax[place]!;
  }

  add(place: number, byteLength: number): void {
    this.#bytes[place]! += byteLength;
  }
}
