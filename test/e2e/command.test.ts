import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands/commands.ts';
import type { BraidProcess } from '../../examples/debian-packages/processes.ts';
import { CommandRunner } from './command-runner.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { createProvenCollection, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const COLLECTION = 'commanded';
const ROWS = 600;
const SEARCHES_AT_ONCE = 10;
const QUERIES = 100;
const ANY_PORTS = { BRAID_ROUTER_PORT: '0', BRAID_NODE_PORT: '0', BRAID_MANAGEMENT_PORT: '0' };

const runner = new CommandRunner();
const empty = runner.folder;
const braid = (args: readonly string[], variables?: Record<string, string>) => runner.run(args, variables);
afterAll(() => runner[Symbol.dispose]());

describe('without a running process', () => {
  test('braid --help names the commands', async () => {
    const { exitCode, output, errors } = await braid(['--help']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    for (const { name: command } of COMMANDS) expect(output).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test('braid config shows value, source and variable', async () => {
    const { exitCode, output } = await braid(['config'], { BRAID_ROUTER_PORT: '19999' });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^router\.port +19999 +(\S*BRAID_ROUTER_PORT|env\w*|variable)\b.*BRAID_ROUTER_PORT$/m);
    expect(output).toMatch(/^management\.port +9091 +default +BRAID_MANAGEMENT_PORT$/m);
  });

  test('a reader that goes away, as `head` does, is no error', () => {
    const line = `"${process.execPath}" cli/braid.mjs config --example | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  test('braid config --json, and no secret in it', async () => {
    const { exitCode, output } = await braid(['config', '--json'], {
      BRAID_METADATA_USE: 'mysql',
      BRAID_METADATA_WITH: '{host: db, password: hunter2}',
    });
    expect(exitCode).toBe(0);
    const rows = JSON.parse(output) as { name: string; value: string; source: string }[];
    const use = rows.find((row) => row.name === 'metadata.use')!;
    expect(use.value).toBe('"mysql"');
    expect(use.source).not.toBe('default');
    expect(output).not.toContain('hunter2');
  });

  test('braid config --example is a valid settings file', async () => {
    const example = await braid(['config', '--example']);
    const file = join(empty, 'example.yaml');
    writeFileSync(file, example.output);
    expect(await braid(['config', '--config', file])).toMatchObject({ exitCode: 0, errors: '' });
  });

  test.each(['bash', 'zsh', 'fish'])('braid completion %s names every command and option', async (shell) => {
    const { exitCode, output } = await braid(['completion', shell]);
    expect(exitCode).toBe(0);
    for (const { name } of COMMANDS) expect(output).toContain(name);
    for (const option of ['vector', 'example', 'moving']) expect(output).toMatch(new RegExp(`(--|-l )${option}\\b`));
  });

  test('--token-file is what a server that asks for a password gets, and nobody else', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"code":1800,"message":"not authenticated"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as { readonly port: number }).port}`;
    writeFileSync(join(empty, 'token'), 'root:Milvus\n');
    const ask = ['collections', '--address', address];
    expect((await braid([...ask, '--token-file', 'token'])).errors).toMatch(/authenticated \(code 1800\)/);
    await braid(ask);
    expect(seen).toEqual(['Bearer root:Milvus', undefined]);
    server.close();
    expect((await braid([...ask, '--token-file', 'nowhere'])).errors).toMatch(/--token-file nowhere/);
  });

  test('the completion of bash completes', async () => {
    const { output } = await braid(['completion', 'bash']);
    const script = `${output}\nCOMP_WORDS=(braid search --ve); COMP_CWORD=2; _braid; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe('--vector');
  });

  test.each([
    ['an unknown role', ['start', '--role', 'king'], {}, /king/],
    ['an unknown setting', ['start'], { BRAID_ROUTER_PROT: '1' }, /BRAID_ROUTER_PROT.*BRAID_ROUTER_PORT/],
    [
      'a bad value',
      ['start'],
      { BRAID_ROUTER_PORT: '70000' },
      /router\.port.*70000|70000.*router\.port|BRAID_ROUTER_PORT/,
    ],
    ['a missing settings file', ['start', '--config', 'nowhere.yaml'], {}, /nowhere\.yaml/],
    ['an unknown plugin', ['start'], { BRAID_METADATA_USE: 'sqlight', ...ANY_PORTS }, /sqlight/],
    ['nobody to ask', ['status', '--address', '127.0.0.1:1'], {}, /127\.0\.0\.1:1/],
    ['an unknown command', ['strat'], {}, /strat/],
    ['nobody to search', ['search', 'books', '--id', '1', '--address', '127.0.0.1:1'], {}, /127\.0\.0\.1:1.*--address/],
    ['nothing to search for', ['search', 'books'], {}, /--id, --vector or --text/],
    ['a vector that is no JSON', ['search', 'books', '--vector', '[1,'], {}, /--vector/],
    ['a limit that is no number', ['search', 'books', '--limit', 'many'], {}, /--limit.*many/],
    ['an unknown shell', ['completion', 'csh'], {}, /csh.*bash, zsh, fish/],
  ])('%s: one clear line, exit code 1', async (_, args, variables, message) => {
    const { exitCode, errors, output } = await braid(args, variables as Record<string, string>);
    expect(exitCode, output + errors).toBe(1);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/^\s+at /m);
    expect(errors.trim().split('\n')).toHaveLength(args[0] === 'strat' ? 2 : 1);
  });

  test.each([
    ['a file', '/dev/null'],
    ['below a file', '/dev/null/data'],
    ['where not even root may write', '/sys/braid'],
  ])('data folder is %s: one clear line, exit code 1', async (_, dataFolder) => {
    const variables = { BRAID_DATA_FOLDER: dataFolder, ...ANY_PORTS };
    const { exitCode, errors, output } = await braid(['start'], variables);
    expect(exitCode, output + errors).toBe(1);
    expect(errors).toContain(dataFolder);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});

describe('a running process', () => {
  let deployment: Deployment;
  let server: BraidProcess;

  beforeAll(async () => {
    deployment = await DEPLOYMENTS[0]!.start({ writer: { segmentRowsMax: 200 } });
    server = deployment.processes.started[0]!;
    const client = await deployment.client();
    await createProvenCollection(client, COLLECTION);
    const data = Array.from({ length: ROWS }, (_, key) => ({ ...provenRow(key, 1) }));
    must((await client.insert({ collection_name: COLLECTION, data })).status);
    must((await client.flushSync({ collection_names: [COLLECTION] })).status);
    must((await search(client)).status);
  }, 120_000);

  afterAll(async () => {
    await deployment?.[Symbol.asyncDispose]();
  });

  const search = (client: MilvusClient) =>
    client.search({ collection_name: COLLECTION, data: provenRow(7, 1).vector, limit: 10, output_fields: ['key'] });

  /** So many queries in one call that it takes a while. */
  const searchMuch = (client: MilvusClient) =>
    client.search({
      collection_name: COLLECTION,
      data: Array.from({ length: QUERIES }, (_, key) => provenRow(key, 1).vector),
      limit: 50,
    });

  test('braid status shows the member, the collection and its segments', async () => {
    const { exitCode, output, errors } = await braid(['status', '--address', `127.0.0.1:${server.managementPort}`]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/^(all is well|\d+ to look at) {2}\(Braid \d+\.\d+\.\d+, asked /);
    expect(output).toMatch(/^local-writer +writer +healthy .* local-writer$/m);
    expect(output).toMatch(/^local-reader +reader +healthy +0 +[1-9]\d* /m);
    expect(output).toMatch(new RegExp(`^default\\.${COLLECTION} +loaded +${ROWS} +0 +[1-9]\\d* .* 1/1 .* ago$`, 'm'));
  });

  test('braid status --json counts every row', async () => {
    const { output } = await braid(['status', '--json', '--config', server.configFile]);
    const status = JSON.parse(output) as { collections: { name: string; segments: { rows: number }[] }[] };
    const collection = status.collections.find(({ name }) => name === COLLECTION)!;
    expect(collection.segments.reduce((sum, segment) => sum + segment.rows, 0)).toBe(ROWS);
  });

  test('/healthz and /metrics', async () => {
    const management = `http://127.0.0.1:${server.managementPort}`;
    expect((await fetch(`${management}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${management}/metrics`)).text();
    expect(sumOf(metrics, 'milvus_proxy_req_count', 'Search')).toBeGreaterThan(0);
    expect(metrics).toMatch(/^braid_event_loop_delay_seconds\S* \d/m);
    expect(metrics).toMatch(/^braid_router_fan_out_count\S* [1-9]/m);
  });

  test('SIGTERM: searches under way are answered, then exit code 0', async () => {
    const pool = { min: SEARCHES_AT_ONCE, max: SEARCHES_AT_ONCE };
    const client = new MilvusClient({ address: deployment.address, logLevel: 'error', maxRetries: 0, pool });
    const searchAll = () => Array.from({ length: SEARCHES_AT_ONCE }, () => searchMuch(client));
    await Promise.all(searchAll());
    const exited = new Promise<number | null>((resolve) => server.child.once('exit', resolve));
    let answered = 0;
    const answers = searchAll().map((answer) => answer.finally(() => answered++));
    await Promise.race(answers);
    server.child.kill('SIGTERM');
    const answeredBefore = answered;
    const settled = await Promise.allSettled(answers);
    const faults = settled.flatMap((answer) => {
      if (answer.status === 'rejected') return [answer.reason.message];
      return answer.value.results.length === QUERIES ? [] : [answer.value.status.reason];
    });
    expect(faults).toEqual([]);
    expect(answeredBefore, 'some were under way').toBeLessThan(SEARCHES_AT_ONCE);
    expect(await exited).toBe(0);
    await client.closeConnection();
  });
});

function sumOf(metrics: string, name: string, label: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
