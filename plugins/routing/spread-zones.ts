import type { Member } from '../discovery/discovery.ts';

/**
 * The same members, but the first `count` are of different zones as far as there are zones; otherwise in the order given. A member without a zone counts as a
 * zone of its own.
 */
export function spreadZones(members: readonly Member[], count: number): readonly Member[] {
  if (count < 2 || members.every((member) => member.zone === undefined)) return members;
  const met = new Set<string>();
  const first: Member[] = [];
  const rest: Member[] = [];
  for (const member of members) {
    const isNew = member.zone === undefined || !met.has(member.zone);
    if (isNew && first.length < count) {
      if (member.zone !== undefined) met.add(member.zone);
      first.push(member);
    } else rest.push(member);
  }
  return [...first, ...rest];
}

/** How many of `count` members can be of different zones. */
export function zonesReachable(members: readonly Member[], count: number): number {
  const zones = new Set<string | undefined>();
  let zoneless = 0;
  for (const { zone } of members) {
    if (zone === undefined) zoneless++;
    else zones.add(zone);
    if (zones.size + zoneless >= count) return count;
  }
  return zones.size + zoneless;
}
