import { expect, test } from 'vitest';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import { DoubtedList } from '../../../plugins/discovery/doubted-list.ts';

const DOUBT_MS = 1_000;
const list = (...ids: string[]): Member[] =>
  ids.map((nodeId) => ({ nodeId, address: `${nodeId}:1`, roles: ['reader'] }));
const ids = (members: readonly Member[]): string => members.map((member) => member.nodeId).join('');

test('members come and leave at once, as long as no more than half of them leave', () => {
  const doubted = new DoubtedList(DOUBT_MS);
  expect(ids(doubted.take(list('a', 'b'), 0).members)).toBe('ab');
  expect(ids(doubted.take(list('a', 'b', 'c', 'd'), 0).members)).toBe('abcd');
  expect(doubted.take(list('c', 'd'), 0)).toEqual({ members: list('c', 'd'), untilMs: undefined, doubtedCount: 0 });
});

test('of a registry that comes back empty nobody is missed, until it stays so', () => {
  const doubted = new DoubtedList(DOUBT_MS);
  doubted.take(list('a', 'b', 'c'), 0);
  expect(doubted.take([], 10)).toEqual({ members: list('a', 'b', 'c'), untilMs: 1_010, doubtedCount: 3 });
  expect(ids(doubted.take(list('a'), 20).members)).toBe('abc');
  expect(doubted.take(list('a', 'b'), 30)).toMatchObject({ members: list('a', 'b', 'c'), untilMs: 1_010 });
  expect(doubted.take(list('a', 'b'), 1_010)).toMatchObject({ members: list('a', 'b'), untilMs: undefined });
  doubted.take([], 2_000);
  expect(doubted.take([], 2_999).members).toHaveLength(2);
  expect(doubted.take([], 3_000)).toMatchObject({ members: [], untilMs: undefined });
});

test('a member that is back was never missing', () => {
  const doubted = new DoubtedList(DOUBT_MS);
  doubted.take(list('a', 'b'), 0);
  doubted.take([], 10);
  doubted.take(list('a', 'b'), 500);
  expect(doubted.take([], 1_400).untilMs).toBe(2_400);
});

test('a member is known as it was listed last', () => {
  const doubted = new DoubtedList(DOUBT_MS);
  doubted.take(list('a'), 0);
  const moved: Member = { nodeId: 'a', address: 'elsewhere:1', roles: ['reader'] };
  expect(doubted.take([moved], 1).members).toEqual([moved]);
});

test('who is known to be gone does not stay', () => {
  const gone = new Set<string>();
  const doubted = new DoubtedList(DOUBT_MS, (nodeId) => !gone.has(nodeId));
  doubted.take(list('a', 'b', 'c'), 0);
  gone.add('b');
  expect(ids(doubted.take([], 10).members)).toBe('ac');
  gone.add('a');
  expect(ids(doubted.take([], 20).members)).toBe('c');
});
