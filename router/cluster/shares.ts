import { BraidError } from '../../core/errors.ts';
import type { MemberHandle } from './member-handle.ts';
import type { SegmentGroup } from './placement.ts';

/** What one call to a reader is for. */
export interface Share {
  readonly handle: MemberHandle;
  readonly segmentIds: number[];
  readonly groups: SegmentGroup[];
}

export type Choose = (group: SegmentGroup, chosen: ReadonlyMap<MemberHandle, Share>) => MemberHandle | undefined;

/** One share per chosen member. Throws when there is none for some segments: `cause`, if it is given. */
export function sharesOf(
  groups: readonly SegmentGroup[],
  choose: Choose,
  collectionName: string,
  cause?: BraidError,
): Iterable<Share> {
  const shares = new Map<MemberHandle, Share>();
  for (const group of groups) {
    const handle = choose(group, shares);
    if (!handle) {
      if (cause) throw cause;
      throw new BraidError(
        'serviceUnavailable',
        `no reader is there for ${group.segmentIds.length} segments of collection ${collectionName}`,
      );
    }
    const share = shares.get(handle);
    if (!share) shares.set(handle, { handle, segmentIds: [...group.segmentIds], groups: [group] });
    else {
      share.segmentIds.push(...group.segmentIds);
      share.groups.push(group);
    }
  }
  return shares.values();
}

/** Where the caller stands, and from how many calls on (and twice those of another zone) its own zone counts as overloaded. */
export interface ZonePreference {
  readonly zone: string | undefined;
  readonly overloadCalls: number;
}

/**
 * An owner of the caller's zone, unless those are overloaded; among these one that is asked anyway, because fewer and larger parts cost less in all; else the less loaded of two
 * taken at random. One that is better avoided only if all are.
 */
export function chooseOwner(
  group: SegmentGroup,
  chosen: ReadonlyMap<MemberHandle, Share>,
  preference: ZonePreference,
): MemberHandle | undefined {
  if (group.owners.length < 2) return group.owners[0];
  const usable = group.owners.filter((owner) => !owner.isAvoided);
  const owners = preferZone(usable.length > 0 ? usable : group.owners, preference);
  return owners.find((owner) => chosen.has(owner)) ?? lessLoadedOfTwo(owners);
}

function preferZone(owners: readonly MemberHandle[], { zone, overloadCalls }: ZonePreference): readonly MemberHandle[] {
  if (zone === undefined) return owners;
  const near = owners.filter(({ member }) => member.zone === zone);
  if (near.length === 0 || near.length === owners.length) return owners;
  const leastNear = leastLoad(near);
  if (leastNear < overloadCalls) return near;
  const far = owners.filter((owner) => !near.includes(owner));
  return leastNear > 2 * leastLoad(far) ? owners : near;
}

function leastLoad(owners: readonly MemberHandle[]): number {
  return owners.reduce((least, { load }) => Math.min(least, load), Number.POSITIVE_INFINITY);
}

function lessLoadedOfTwo(owners: readonly MemberHandle[]): MemberHandle | undefined {
  if (owners.length < 2) return owners[0];
  const first = Math.floor(Math.random() * owners.length);
  const second = (first + 1 + Math.floor(Math.random() * (owners.length - 1))) % owners.length;
  const left = owners[first]!;
  const right = owners[second]!;
  return left.load <= right.load ? left : right;
}

/** Where the segments of a reader that failed go. */
export function nextMember(group: SegmentGroup, failed: MemberHandle): MemberHandle | undefined {
  return group.owners.find((handle) => handle !== failed) ?? group.others.find((handle) => handle !== failed);
}

/** At once, as far as its reports tell. */
export function canAnswer(handle: MemberHandle, collectionId: number, segmentIds: readonly number[]): boolean {
  if (handle.health !== 'healthy' || handle.isAvoided) return false;
  const ready = handle.readySegments(collectionId);
  return segmentIds.every((id) => ready.has(id));
}
