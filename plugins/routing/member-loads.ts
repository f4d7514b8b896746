import type { Member } from '../discovery/discovery.ts';

/** Bytes given to each member so far, against its share of `bytesMax` by weight. 0: no bound. */
export class MemberLoads {
  readonly #bytes = new Map<string, number>();
  readonly #bytesPerWeight: number;

  constructor(members: readonly Member[], bytesMax: number) {
    const weights = members.reduce((sum, member) => sum + (member.weight ?? 1), 0);
    this.#bytesPerWeight = bytesMax === 0 ? Number.POSITIVE_INFINITY : bytesMax / weights;
  }

  hasRoom(member: Member): boolean {
    return (this.#bytes.get(member.nodeId) ?? 0) < this.#bytesPerWeight * (member.weight ?? 1);
  }

  add(member: Member, byteLength: number): void {
    this.#bytes.set(member.nodeId, (this.#bytes.get(member.nodeId) ?? 0) + byteLength);
  }
}
