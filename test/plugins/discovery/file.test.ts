import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import type { Discovery, Member } from '../../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginHost } from '../../../plugins/plugin.ts';
import { discoveryContract, firstList } from '../../contract/discovery-contract.ts';
import { silentHost } from '../test-host.ts';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'braid-file-discovery-'));
  path = join(folder, 'members.yaml');
});

afterAll(() => rm(folder, { recursive: true }));

const ONE = 'members: [{ address: "a:1", roles: [reader] }]';
const TWO = 'members: [{ address: "a:1", roles: [reader] }, { address: "b:1", roles: [writer], nodeId: w }]';

/** The file lies beside the configuration file. */
const host = (): PluginHost => ({ ...silentHost('/nowhere'), configFolder: folder });
const open = (lent: PluginHost = host()): Promise<Discovery> =>
  openPlugin('discovery', { use: 'file', with: { path: 'members.yaml', intervalMs: 10 } }, lent);

async function replace(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

discoveryContract('the discovery of a file', async () => {
  await replace(TWO);
  return { open: () => open(), [Symbol.asyncDispose]: async () => {} };
});

test('the list is what the file says, YAML or JSON', async () => {
  const members = [
    { address: 'a:1', nodeId: 'a:1', roles: ['reader'], zone: 'west', weight: 2, labels: { disk: 'nvme' } },
  ];
  await replace(JSON.stringify({ members }));
  await using discovery = await open();
  expect(await firstList(discovery)).toEqual(members);
});

test('a changed file is a new list; a broken or missing one changes nothing, and is said once', async () => {
  await replace(ONE);
  const complaints: string[] = [];
  const warn = (fields: object): void => void complaints.push((fields as { reason: string }).reason);
  await using discovery = await open({ ...host(), logger: { ...host().logger, warn } });
  const stop = new AbortController();
  const lists: string[][] = [];
  for await (const members of discovery.watch(stop.signal)) {
    lists.push(members.map((member: Member) => member.nodeId));
    if (lists.length === 1) {
      // The first changed list comes after all of these were seen, or it would not be the good one.
      await rm(path);
      void (async () => {
        const complained = async (count: number): Promise<void> => {
          while (complaints.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
        };
        await complained(1);
        await replace('members: [{ address: nowhere, roles: [reader] }]');
        await complained(2);
        await replace('members: [}');
        await complained(3);
        await replace(`${ONE.slice(0, -1)}, { address: "a:1", roles: [reader] }]`);
        await complained(4);
        await replace(TWO);
      })();
    } else stop.abort();
  }
  expect(lists).toEqual([['a:1'], ['a:1', 'w']]);
  expect(complaints.map((complaint) => complaint.replaceAll(path, 'FILE').split('\n')[0])).toEqual([
    expect.stringContaining('ENOENT'),
    expect.stringMatching(/^FILE\.members\[0\]\.address is "nowhere"/),
    expect.stringContaining('FILE is not YAML'),
    'FILE: the node id "a:1" is there twice',
  ]);
});

test('without a path it does not open', async () => {
  const choice = { use: 'file', with: {} };
  await expect(openPlugin('discovery', choice, silentHost(folder))).rejects.toThrow(BraidError);
});
