import type { Member } from '../discovery/discovery.ts';

/** The zones of a list of members, by their places in it. A member without a zone counts as a zone of its own. */
export class Zones {
  /** The number of each member's zone; undefined where no member has one. */
  readonly #zones: Uint32Array | undefined;
  readonly #zoneCount: number;
  /** Number of the last look that met a zone. */
  readonly #metInLook: Uint32Array;
  #lookNumber = 0;

  constructor(members: readonly Member[]) {
    const numbers = new Map<string, number>();
    let zoneCount = 0;
    const zones = Uint32Array.from(members, ({ zone }) => {
      const known = zone === undefined ? undefined : numbers.get(zone);
      if (known !== undefined) return known;
      if (zone !== undefined) numbers.set(zone, zoneCount);
      return zoneCount++;
    });
    this.#zones = numbers.size === 0 ? undefined : zones;
    this.#zoneCount = zoneCount;
    this.#metInLook = new Uint32Array(zoneCount);
  }

  /** Whether the first `length` places have as many zones as `wanted` copies can be in. */
  suffice(places: Uint32Array, length: number, wanted: number): boolean {
    const zones = this.#zones;
    const reachable = Math.min(wanted, this.#zoneCount);
    if (!zones) return length >= reachable;
    this.#lookNumber += 1;
    let found = 0;
    for (let i = 0; i < length && found < reachable; i++) if (this.#isNew(zones[places[i]!]!)) found++;
    return found >= reachable;
  }

  /** The same places, but the first `count` are of different zones as far as there are zones; otherwise in the order given. */
  spread(places: readonly number[], count: number): readonly number[] {
    const zones = this.#zones;
    if (!zones || count < 2) return places;
    this.#lookNumber += 1;
    const first: number[] = [];
    const rest: number[] = [];
    for (const place of places) {
      if (first.length < count && this.#isNew(zones[place]!)) first.push(place);
      else rest.push(place);
    }
    return [...first, ...rest];
  }

  #isNew(zone: number): boolean {
    if (this.#metInLook[zone] === this.#lookNumber) return false;
    this.#metInLook[zone] = this.#lookNumber;
    return true;
  }
}
