import { expect, test } from 'vitest';
import { discoveryContract, firstList } from '../../contract/discovery-contract.ts';
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
