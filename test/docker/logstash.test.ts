import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connected, DEPLOYMENTS } from '../e2e/deployments.ts';
import { post } from '../e2e/rest-client.ts';
import { mayRunWith } from '../servers/required-server.ts';

/**
 * No Logstash can be had here: its pattern for the access log runs in Elastic's own grok engine for Go. That engine writes fields as `a.b` where Logstash has `[a][b]`;
 * the rest of the language is the same.
 */

const PROGRAM = join(homedir(), '.cache/braid-tests/grok-v0.3.1/grok');
const MISSING = existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-grok.sh builds it)`;
const CONFIGURATION = readFileSync(join(import.meta.dirname, '../../docker/elk/logstash.conf'), 'utf8');
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

describe.runIf(mayRunWith('grok', MISSING))('the pattern of docker/elk/logstash.conf', () => {
  test('takes every line of a real access log apart', async () => {
    await using braid = await DEPLOYMENTS[0]!.start({
      telemetry: { accessLog: { enabled: true, file: 'access.log' } },
    });
    const client = await connected(braid.address);
    await client.describeCollection({ collection_name: 'no [body] \n]: "x"' });
    await client.closeConnection();
    const traceparent = `00-${TRACE_ID}-b7ad6b7169203331-01`;
    await post(braid.address, 'collections/list', {}, { traceparent, authorization: 'Bearer root:Milvus' });
    await braid.processes.stop(braid.processes.started[0]!);
    const lines = readFileSync(join(braid.processes.folder, 'data', 'access.log'), 'utf8')
      .trim()
      .split('\n');
    const found = apart(lines);
    expect(found.filter((fields) => fields === null)).toEqual([]);
    expect(found.find((fields) => fields!['event.action'] === 'DescribeCollection')).toMatchObject({
      'user.name': 'Unknown',
      'client.address': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      'metadata.status': 'Failed',
      'error.code': '100',
      'error.message': expect.stringContaining(']: "x"'),
      'user_agent.original': expect.stringContaining('grpc'),
      'trace.id': expect.any(String),
    });
    const listed = found.find((fields) => fields!['event.action'] === 'collections/list')!;
    expect(listed).toMatchObject({ 'metadata.status': 'Successful', 'error.code': '0', 'trace.id': TRACE_ID });
    expect(listed['metadata.ms']).toBeGreaterThan(0);
    expect(listed['metadata.time']).toMatch(/^\d{4}\/\d\d\/\d\d [\d:.]{12} \+00:00$/);
  }, 60_000);

  test('another line is left alone', () => {
    expect(apart(['[2026/11/21 18:00:00.250 +00:00] [INFO] something else'])).toEqual([null]);
  });
});

test('a line goes to the pattern exactly if it begins as those of the access log do', () => {
  const guard = new RegExp(/if \[message\] =~ \/(.*)\/ \{/.exec(CONFIGURATION)![1]!);
  expect(guard.test('[2026/11/21 18:00:00.250 +00:00] [ACCESS] <Unknown: a> Search')).toBe(true);
  expect(guard.test('{"@timestamp":"2026-11-21T18:00:00.250Z","message":"call"}')).toBe(false);
});

function apart(lines: readonly string[]): (Record<string, unknown> | null)[] {
  const pattern = /"message" => "(.*)"\n/
    .exec(CONFIGURATION)![1]!
    .replaceAll(
      /:((?:\[[@\w]+\])+)/g,
      (_, reference: string) => `:${reference.slice(1, -1).replaceAll('][', '.').replaceAll('@', '')}`,
    );
  const output = execFileSync(PROGRAM, [pattern], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown> | null);
}
