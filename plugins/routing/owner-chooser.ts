import type { Member } from '../discovery/discovery.ts';
import { ROUTING_LIMITS } from './limits.ts';
import type { MemberLoads } from './member-loads.ts';
import { SPARE_MEMBERS } from './routing.ts';
import type { Walker, WalkKey } from './walker.ts';
import { Zones } from './zones.ts';

/** Chooses owners and spares of one key after the other, from the walker's order: in different zones, and not those that are full. */
export class OwnerChooser {
  readonly #walker: Walker;
  readonly #replicaCount: number;
  readonly #zones: Zones;
  readonly #places: Uint32Array;

  constructor(walker: Walker, replicaCount: number) {
    this.#walker = walker;
    this.#replicaCount = replicaCount;
    this.#zones = new Zones(walker.members);
    this.#places = new Uint32Array(walker.members.length);
  }

  /** Owners first. With `loads`, the owners get the bytes. */
  choose(key: WalkKey, byteLength = 0, loads?: MemberLoads): readonly Member[] {
    let length = this.#nearby(key);
    let withRoom = this.#withRoom(length, loads);
    if (withRoom.length < this.#replicaCount && length < this.#places.length) {
      // Far away only when those nearby are full.
      length = this.#walker.walk(key, this.#places.length, this.#places);
      withRoom = this.#withRoom(length, loads);
    }
    const count = this.#replicaCount + SPARE_MEMBERS;
    const chosen = this.#zones.spread(withRoom, this.#replicaCount).slice(0, count);
    for (let i = 0; i < length && chosen.length < count; i++) {
      if (!withRoom.includes(this.#places[i]!)) chosen.push(this.#places[i]!);
    }
    if (loads) for (const owner of chosen.slice(0, this.#replicaCount)) loads.add(owner, byteLength);
    return chosen.map((place) => this.#walker.members[place]!);
  }

  /** Enough of the walk to choose from, in different zones; more than that when they are full. Returns how many there are in `places`. */
  #nearby(key: WalkKey): number {
    const count = this.#replicaCount + SPARE_MEMBERS + ROUTING_LIMITS.walkSurplus;
    const length = this.#walker.walk(key, count, this.#places);
    if (this.#replicaCount === 1 || this.#zones.suffice(this.#places, length, this.#replicaCount)) return length;
    return this.#walker.walk(key, this.#places.length, this.#places);
  }

  #withRoom(length: number, loads: MemberLoads | undefined): readonly number[] {
    const withRoom: number[] = [];
    for (let i = 0; i < length; i++) {
      const place = this.#places[i]!;
      if (!loads || loads.hasRoom(place)) withRoom.push(place);
    }
    return withRoom;
  }
}
