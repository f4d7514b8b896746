import { expect, test } from 'vitest';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import { decodeMember, encodeMember, RegistryEntries } from '../../../plugins/discovery/member-record.ts';
import { RecordedLog } from '../../contract/discovery-contract.ts';

const MEMBER: Member = {
  nodeId: 'node-1',
  address: '[fd00::1]:19540',
  roles: ['reader', 'router'],
  zone: 'a',
  weight: 0.5,
  labels: { disk: 'nvme' },
};

test('a member is read as it was written', () => {
  expect(decodeMember(encodeMember(MEMBER))).toEqual(MEMBER);
  const plain: Member = { nodeId: 'n', address: 'host:1', roles: ['writer'] };
  expect(decodeMember(encodeMember(plain))).toEqual(plain);
});

test('the text is what other programs may rely on', () => {
  expect(JSON.parse(encodeMember(MEMBER))).toEqual({ version: 1, ...MEMBER });
});

test('fields of later versions are ignored', () => {
  expect(decodeMember({ version: 1, nodeId: 'n', address: 'h:1', roles: ['reader'], colour: 'red' })).toEqual({
    nodeId: 'n',
    address: 'h:1',
    roles: ['reader'],
  });
});

test.each([
  ['', /not JSON/],
  ['null', /must be object/],
  ['{}', /must have required/],
  ['{"version":2}', /its version is 2, this server reads 1/],
  [JSON.stringify({ version: 1, nodeId: 'n', address: 'h', roles: ['reader'] }), /address must match/],
  [JSON.stringify({ version: 1, nodeId: 'n', address: 'h:1', roles: [] }), /roles/],
  [JSON.stringify({ version: 1, nodeId: 'n', address: 'h:1', roles: ['king'] }), /roles\.0/],
  [JSON.stringify({ version: 1, nodeId: 'n', address: 'h:1', roles: ['reader'], weight: -1 }), /weight/],
  [JSON.stringify({ version: 1, nodeId: 'a b', address: 'h:1', roles: ['reader'] }), /nodeId/],
  ['x'.repeat(20_000), /20000 characters, the limit is 16384/],
])('%.60s is no member', (text, message) => {
  expect(() => decodeMember(text)).toThrow(message);
});

test('a member whose record is too large, or that nobody could read, is not written', () => {
  const labels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`label-${i}`, 'x'.repeat(200)]));
  expect(() => encodeMember({ ...MEMBER, labels })).toThrow(/the limit is 16384: it has too many labels/);
  expect(() => encodeMember({ ...MEMBER, roles: [] })).toThrow(/roles/);
});

test('an entry that cannot be read costs none of the others, and one warning', () => {
  const log = new RecordedLog();
  const entries = new RegistryEntries(log);
  const read = (bad: string) =>
    entries.members([
      { key: 'bad', record: bad },
      { key: 'good', record: encodeMember(MEMBER) },
    ]);
  expect(read('nonsense')).toEqual([MEMBER]);
  expect(read('nonsense')).toEqual([MEMBER]);
  expect(log.warnings.length).toBe(1);
  expect(read('{}')).toEqual([MEMBER]);
  expect(log.warnings.length).toBe(2);
});

test('of two entries of one node the last counts', () => {
  const moved = { ...MEMBER, address: 'elsewhere:1' };
  const records = [MEMBER, moved].map((member, i) => ({ key: `${i}`, record: encodeMember(member) }));
  expect(new RegistryEntries(new RecordedLog()).members(records)).toEqual([moved]);
});
