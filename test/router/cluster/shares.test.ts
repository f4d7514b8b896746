import { expect, test } from 'vitest';
import type { MemberHandle } from '../../../router/cluster/member-handle.ts';
import { chooseOwner, type Share, type ZonePreference } from '../../../router/cluster/shares.ts';

interface Owner {
  readonly zone?: string;
  readonly load?: number;
  readonly isAvoided?: boolean;
}

/** The places of all owners that are chosen in a hundred tries. */
function chosen(owners: readonly Owner[], preference: ZonePreference, askedAnyway: readonly number[] = []): number[] {
  const handles = owners.map(
    ({ zone, load = 1, isAvoided = false }) => ({ member: { zone }, load, isAvoided }) as unknown as MemberHandle,
  );
  const shares = new Map(askedAnyway.map((place) => [handles[place]!, {} as Share]));
  const group = { segmentIds: [1], owners: handles, others: [] };
  const places = Array.from({ length: 100 }, () => handles.indexOf(chooseOwner(group, shares, preference)!));
  return [...new Set(places)].sort();
}

const IN_A: ZonePreference = { zone: 'a', overloadCalls: 8 };
const NOWHERE: ZonePreference = { zone: undefined, overloadCalls: 8 };

test('owners of the caller’s zone are asked, also those that are busier', () => {
  const owners = [{ zone: 'b' }, { zone: 'a', load: 5 }, { zone: 'a', load: 5 }, {}];
  expect(chosen(owners, IN_A)).toEqual([1, 2]);
  expect(chosen([{ zone: 'b' }, { zone: 'a', load: 7.9 }], IN_A)).toEqual([1]);
});

test('without one there, or for a caller without a zone, any is asked', () => {
  expect(chosen([{ zone: 'b' }, { zone: 'c' }], IN_A)).toEqual([0, 1]);
  expect(chosen([{ zone: 'a' }, { zone: 'b' }], NOWHERE)).toEqual([0, 1]);
});

test('an overloaded zone shares, but only with readers elsewhere that have less than half', () => {
  expect(
    chosen(
      [
        { zone: 'b', load: 4 },
        { zone: 'a', load: 9 },
      ],
      IN_A,
    ),
  ).toEqual([0]);
  expect(
    chosen(
      [
        { zone: 'b', load: 5 },
        { zone: 'a', load: 9 },
      ],
      IN_A,
    ),
  ).toEqual([1]);
});

test('the zone comes before what is asked anyway, avoidance before the zone', () => {
  expect(chosen([{ zone: 'b' }, { zone: 'a' }, { zone: 'a' }], IN_A, [0, 2])).toEqual([2]);
  expect(chosen([{ zone: 'b' }, { zone: 'a', isAvoided: true }], IN_A)).toEqual([0]);
  expect(
    chosen(
      [
        { zone: 'b', isAvoided: true },
        { zone: 'a', isAvoided: true },
      ],
      IN_A,
    ),
  ).toEqual([1]);
});
