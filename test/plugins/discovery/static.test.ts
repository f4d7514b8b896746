import { expect, test, vi } from 'vitest';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import { NamesDiscovery } from '../../../plugins/discovery/names-discovery.ts';
import { ResolvedName } from '../../../plugins/discovery/resolved-name.ts';
import { discoveryContract, firstList, RecordedLog, WatchedLists } from '../../contract/discovery-contract.ts';
import { openBuiltin } from '../test-host.ts';

discoveryContract('the static discovery', async () => ({
  open: () => openBuiltin('discovery', 'static', { writer: 'w:1', readers: ['a:1', 'b:2'] }),
  [Symbol.asyncDispose]: async () => {},
}));

test('the list is what the options say', async () => {
  const readers = [
    '10.0.0.1:19540',
    { address: '[::1]:2', nodeId: 'two', zone: 'west', weight: 3, labels: { disk: 'nvme' } },
  ];
  await using discovery = await openBuiltin('discovery', 'static', { writer: 'writer:19540', readers });
  expect(await firstList(discovery)).toEqual([
    { nodeId: '10.0.0.1:19540', address: '10.0.0.1:19540', roles: ['reader'] },
    { nodeId: 'two', address: '[::1]:2', roles: ['reader'], zone: 'west', weight: 3, labels: { disk: 'nvme' } },
    { nodeId: 'writer-writer:19540', address: 'writer:19540', roles: ['writer'] },
  ]);
});

test('readers may come as text, as from a variable', async () => {
  await using discovery = await openBuiltin('discovery', 'static', { readers: 'a:1,b:2' });
  expect((await firstList(discovery)).map((member) => member.nodeId)).toEqual(['a:1', 'b:2']);
});

test('without options there is nobody', async () => {
  await using discovery = await openBuiltin('discovery', 'static');
  expect(await firstList(discovery)).toEqual([]);
});

test.each([
  [{ writer: 'no-port' }, /discovery\.with\.writer is "no-port": must be text that matches/],
  [{ readers: ['a'] }, /discovery\.with\.readers\[0\] is "a"/],
  [{ readers: [{ adress: 'a:1' }] }, /discovery\.with\.readers\[0\]\.adress is not a setting/],
  [{ readers: [{ address: 'a:1', weight: 0 }] }, /readers\[0\]/],
  [{ readers: ['a:1', 'a:1'] }, /the node id "a:1" is there twice/],
  [{ readers: ['a:1', { address: 'b:1', nodeId: 'a:1' }] }, /the node id "a:1" is there twice/],
])('%j is refused', async (options, message) => {
  await expect(openBuiltin('discovery', 'static', options)).rejects.toThrow(message);
});

test('with resolve a name stands for its addresses, an address for itself', async () => {
  const readers = ['localhost:1', '10.0.0.1:1', { address: '[::1]:2', nodeId: 'six' }];
  await using discovery = await openBuiltin('discovery', 'static', { writer: 'localhost:7', readers, resolve: true });
  expect(await firstList(discovery)).toEqual([
    { nodeId: '10.0.0.1:1', address: '10.0.0.1:1', roles: ['reader'] },
    { nodeId: '127.0.0.1:1', address: '127.0.0.1:1', roles: ['reader'] },
    { nodeId: '127.0.0.1:7', address: '127.0.0.1:7', roles: ['writer'] },
    { nodeId: 'six', address: '[::1]:2', roles: ['reader'] },
  ]);
});

test('with resolve an entry with an id of its own must be an address', async () => {
  const options = { readers: [{ address: 'localhost:1', nodeId: 'one' }], resolve: true };
  await expect(openBuiltin('discovery', 'static', options)).rejects.toThrow(/a name may stand for several nodes/);
});

test('a name is looked up again and again: nodes come and go, and a name without an answer keeps its nodes', async () => {
  let answer: readonly string[] | Error = ['10.0.0.1', '10.0.0.2', 'fd00::1'];
  let lookups = 0;
  const lookup = async () => {
    lookups++;
    if (answer instanceof Error) throw answer;
    return answer.map((address) => ({ address }));
  };
  const log = new RecordedLog();
  const entry: Member = { nodeId: 'readers:1', address: 'readers:1', roles: ['reader'], zone: 'west' };
  await using discovery = new NamesDiscovery([new ResolvedName(entry, { lookup, intervalMs: 5 })], [], log);
  await using watched = new WatchedLists(discovery);
  const addresses = (members: readonly Member[]) => members.map((member) => member.address).join();
  const first = await watched.until(() => true);
  expect(addresses(first)).toBe('10.0.0.1:1,10.0.0.2:1');
  expect(first[0]).toEqual({ nodeId: '10.0.0.1:1', address: '10.0.0.1:1', roles: ['reader'], zone: 'west' });
  answer = ['10.0.0.2', '10.0.0.3'];
  await watched.until((members) => addresses(members) === '10.0.0.2:1,10.0.0.3:1');
  for (const nothing of [new Error('EAI_AGAIN'), []]) {
    answer = nothing;
    const before = lookups;
    await vi.waitFor(() => expect(lookups).toBeGreaterThan(before + 1), { timeout: 20_000 });
    expect(addresses(watched.lists.at(-1)!)).toBe('10.0.0.2:1,10.0.0.3:1');
  }
  expect(log.warnings.length).toBe(2);
  answer = ['fd00::1'];
  await watched.until((members) => addresses(members) === '[fd00::1]:1');
});
