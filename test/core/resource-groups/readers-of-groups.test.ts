import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GroupedReader, readersOfGroups } from '../../../core/resource-groups/readers-of-groups.ts';
import {
  DEFAULT_RESOURCE_GROUP,
  EMPTY_GROUP_CONFIG,
  type ResourceGroupConfig,
  type ResourceGroupRecord,
} from '../../../core/resource-groups/resource-group.ts';

const group = (name: string, config: Partial<ResourceGroupConfig>): ResourceGroupRecord => ({
  name,
  config: { ...EMPTY_GROUP_CONFIG, ...config },
});
const readers = (count: number, labelsOf: (i: number) => Record<string, string> = () => ({})): GroupedReader[] =>
  Array.from({ length: count }, (_, i) => ({ nodeId: `reader-${i}`, labels: labelsOf(i) }));
const sizes = (of: ReadonlyMap<string, readonly unknown[]>) =>
  Object.fromEntries([...of].map(([name, members]) => [name, members.length]));

test('without groups everybody is in the default group', () => {
  expect(sizes(readersOfGroups([], readers(5)))).toEqual({ [DEFAULT_RESOURCE_GROUP]: 5 });
});

test('a group gets what it requests, the default group what is left; where readers are short the last group is', () => {
  const groups = [group('a', { requests: 2, limits: 2 }), group('b', { requests: 2, limits: 4 })];
  expect(sizes(readersOfGroups(groups, readers(6)))).toEqual({ [DEFAULT_RESOURCE_GROUP]: 2, a: 2, b: 2 });
  expect(sizes(readersOfGroups(groups, readers(3)))).toEqual({ [DEFAULT_RESOURCE_GROUP]: 0, a: 2, b: 1 });
});

test('a filter is heard first, and takes only readers with all labels', () => {
  const groups = [
    group('a', { requests: 3, limits: 3 }),
    group('fast', { requests: 2, limits: 2, nodeLabels: { disk: 'fast' } }),
    group('gone', { requests: 1, limits: 1, nodeLabels: { disk: 'fast', zone: 'z9' } }),
  ];
  const chosen = readersOfGroups(
    groups,
    readers(4, (i) => (i < 2 ? { disk: 'fast', zone: 'z1' } : {})),
  );
  expect(chosen.get('fast')!.map(({ nodeId }) => nodeId)).toEqual(['reader-0', 'reader-1']);
  expect(sizes(chosen)).toMatchObject({ a: 2, gone: 0 });
});

test('readers that nobody wants: where there is room, the recycling group once the default one is closed', () => {
  const closed = group(DEFAULT_RESOURCE_GROUP, {});
  const recycle = group('__recycle_resource_group', { limits: 10_000 });
  const groups = [closed, recycle, group('a', { requests: 1, limits: 1 })];
  expect(sizes(readersOfGroups(groups, readers(4)))).toEqual({
    [DEFAULT_RESOURCE_GROUP]: 0,
    __recycle_resource_group: 3,
    a: 1,
  });
  // No room anywhere: the default group has them all the same.
  expect(sizes(readersOfGroups([closed], readers(3)))).toEqual({ [DEFAULT_RESOURCE_GROUP]: 3 });
});

test('the default group gives rather to those it names', () => {
  const groups = [
    group(DEFAULT_RESOURCE_GROUP, { transferTo: ['b'] }),
    group('a', { limits: 50 }),
    group('b', { limits: 50 }),
  ];
  expect(readersOfGroups(groups, readers(40)).get('b')!.length).toBeGreaterThan(38);
});

const arbitraryGroups = fc
  .array(
    fc.record({
      requests: fc.integer({ min: 0, max: 8 }),
      room: fc.integer({ min: 0, max: 8 }),
      isFiltered: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((list) =>
    list.map(({ requests, room, isFiltered }, i) =>
      group(`group-${i}`, { requests, limits: requests + room, nodeLabels: isFiltered ? { disk: 'fast' } : {} }),
    ),
  );
const arbitraryReaders = fc
  .uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 40 })
  .map((ids) => ids.map((id) => ({ nodeId: `reader-${id}`, labels: { disk: id % 2 ? 'fast' : 'slow' } })));

test('property: everyone is in one group, in whatever order they are named; limits and filters hold; requests are met if they can be', () => {
  fc.assert(
    fc.property(arbitraryGroups, arbitraryReaders, (groups, members) => {
      const chosen = readersOfGroups(groups, members);
      const all = [...chosen.values()].flat();
      expect(all.map(({ nodeId }) => nodeId).sort()).toEqual(members.map(({ nodeId }) => nodeId).sort());
      expect(readersOfGroups([...groups].reverse(), [...members].reverse())).toEqual(chosen);
      const short = groups.filter(({ name, config }) => chosen.get(name)!.length < config.requests);
      for (const { name, config } of groups) {
        expect(chosen.get(name)!.length).toBeLessThanOrEqual(config.limits);
        const isAllowed = (reader: GroupedReader) =>
          config.nodeLabels['disk'] === undefined || reader.labels!['disk'] === 'fast';
        expect(chosen.get(name)!.every(isAllowed)).toBe(true);
      }
      // Nobody who would do for a group that is short is idle in the default group.
      for (const { config } of short) {
        const idle = chosen.get(DEFAULT_RESOURCE_GROUP)!;
        const wouldDo = idle.filter(
          (reader) => config.nodeLabels['disk'] === undefined || reader.labels!['disk'] === 'fast',
        );
        expect(wouldDo).toEqual([]);
      }
    }),
  );
});

test('a reader that joins moves few others: on average not many more than itself', () => {
  let moved = 0;
  const rounds = 200;
  for (let round = 0; round < rounds; round++) {
    const groups = Array.from({ length: 5 }, (_, i) => group(`group-${i}`, { requests: 3, limits: 3 }));
    const members = readers(20).map(({ nodeId }) => ({ nodeId: `${nodeId}-${round}` }));
    const groupOf = (of: readonly GroupedReader[]) =>
      new Map([...readersOfGroups(groups, of)].flatMap(([name, list]) => list.map(({ nodeId }) => [nodeId, name])));
    const [before, after] = [groupOf(members.slice(1)), groupOf(members)];
    moved += [...before].filter(([nodeId, name]) => after.get(nodeId) !== name).length;
  }
  expect(moved / rounds).toBeLessThan(1.5);
});
