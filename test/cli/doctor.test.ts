import { mkdtempSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memberChecks } from '../../cli/doctor/check-members.ts';
import { memoryFindings, memoryLimit, processorFinding } from '../../cli/doctor/check-memory.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { NodeStatus } from '../../proto/generated/node.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { ShardServer } from '../../proto/node-protocol/shard-server.ts';

const GIGABYTE = 1024 ** 3;
const SETTINGS = { roles: ['writer'], writer: { inFlightBytesMax: GIGABYTE, unsealedBytesMax: GIGABYTE } } as never;

test('memory: too little, too much for JavaScript, too much that is not sealed', () => {
  const states = (limit: number, heap: number) =>
    memoryFindings(SETTINGS, { byteLength: limit, ofContainer: true }, heap).map(
      ({ state, seen }) => `${state} ${seen}`,
    );
  expect(states(16 * GIGABYTE, 4 * GIGABYTE)).toEqual(['ok 16.0 GB for this container']);
  expect(states(GIGABYTE / 2, GIGABYTE)).toEqual([
    'warn 512.0 MB for this container',
    expect.stringMatching(/^warn JavaScript may grow to 1\.0 GB/),
    expect.stringMatching(/^warn writer\.inFlightBytesMax .* 2\.0 GB/),
  ]);
});

test("the limit is the container's, where it has one", async () => {
  const folder = mkdtempSync('/tmp/braid-doctor-');
  const file = (text: string): string => {
    const path = join(folder, text.trim());
    writeFileSync(path, text);
    return path;
  };
  const machine = { byteLength: totalmem(), ofContainer: false };
  expect(await memoryLimit([file('1048576\n'), '/nowhere'])).toEqual({ byteLength: 1_048_576, ofContainer: true });
  expect(await memoryLimit([file('max\n')])).toEqual(machine);
  expect(await memoryLimit([file('9223372036854771712\n')])).toEqual(machine);
});

test('a processor without wide instructions', () => {
  expect(processorFinding(['avx2', 'portable']).state).toBe('ok');
  expect(processorFinding(['portable']).state).toBe('warn');
});

test('a node of another version whose clock is a minute behind', async () => {
  const shard = {
    address: 'odd',
    watchStatus: async function* () {
      for (;;) {
        yield NodeStatus.create({ nodeId: 'odd', version: '0.0.1', clockMs: Date.now() - 60_000 });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  } as unknown as Shard;
  await using server = await ShardServer.listen(shard, { host: '127.0.0.1', port: 0, onProtocolError: () => {} });
  const config = {
    ...(await loadConfig({ file: undefined })),
    roles: ['router'],
    discovery: { use: 'static', with: { writer: `127.0.0.1:${server.port}`, readers: [] } },
  } as never;
  const silent = () => {};
  const host: PluginHost = {
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...{ dataFolder: '/tmp', configFolder: '/tmp', signal: new AbortController().signal },
  };
  const findings = await memberChecks[0]!.run(config, host);
  expect(findings.map(({ state, seen }) => `${state} ${seen}`)).toEqual([
    expect.stringMatching(/^fail writer .*its clock is (59|60|61)\d{3} ms behind/),
    expect.stringMatching(/^warn writer .* runs Braid 0\.0\.1, this is \d/),
  ]);
  for (const { todo } of findings) expect(todo).not.toBe('');
});
