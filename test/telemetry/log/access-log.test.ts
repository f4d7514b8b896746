import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConfig } from '../../../config/config.ts';
import { type AccessEntry, AccessLog, compileFormat } from '../../../telemetry/log/access-log.ts';

const BASE_FORMAT = createConfig({}).telemetry.accessLog.format;
const ENTRY: AccessEntry = {
  method: 'Search',
  code: 0,
  reason: '',
  traceId: 'abc',
  userAddress: '10.0.0.1:5000',
  userName: '',
  sdk: 'grpc-python/1.62.0',
  database: 'default',
  cluster: 'braid',
  isInputError: false,
  plan: { field: 'vector', queryCount: 2, outputFields: ['id', 'name'] },
  readParameters: () => ({ consistencyLevel: 'Strong', searchParameters: '{"ef":64}', queryParameters: '{"limit":3}' }),
  endedMs: Date.UTC(2026, 10, 21, 18, 0, 0, 250),
  durationMs: 250,
  collection: () => 'books',
  partitions: () => ['new', 'old'],
  filter: () => 'id > ?',
  responseBytes: () => 512,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'braid-access-'));
});
afterEach(() => rm(folder, { recursive: true }));

test("Milvus' base format", () => {
  expect(compileFormat(BASE_FORMAT)(ENTRY)).toBe(
    '[2026/11/21 18:00:00.250 +00:00] [ACCESS] <Unknown: 10.0.0.1:5000> Search [status: Successful] [code: 0] [sdk: grpc-python/1.62.0] [msg: Unknown] [traceID: abc] [timeCost: 250.000ms]',
  );
});

test('how a read was asked for, and whose fault a failure is', () => {
  const format =
    '$cluster_prefix $anns_field $nq $output_fields $consistency_level $search_params $query_params $error_type';
  expect(compileFormat(format)(ENTRY)).toBe('braid vector 2 id,name Strong {"ef":64} {"limit":3} Unknown');
  const typeOf = (isInputError: boolean) => compileFormat('$error_type')({ ...ENTRY, code: 1100, isInputError });
  expect([typeOf(true), typeOf(false)]).toEqual(['InputError', 'SystemError']);
});

test('the other variables', () => {
  const format = '$database_name.$collection_name/$partition_name $method_expr $response_size $time_start - $time_end';
  expect(compileFormat(format)(ENTRY)).toBe(
    'default.books/new,old id > ? 512 2026/11/21 18:00:00.000 +00:00 - 2026/11/21 18:00:00.250 +00:00',
  );
});

test('nobody writes a second line or a password into it', () => {
  const reason = 'no such\n[ACCESS] thing at mysql://root:hunter2@db';
  const line = compileFormat('$method_status $error_code $error_msg')({ ...ENTRY, code: 100, reason });
  expect(line).toBe('Failed 100 no such\\u000a[ACCESS] thing at mysql://root:****@db');
});

test('a variable that does not exist is refused', () => {
  expect(() => compileFormat('$method_name $cost')).toThrow(/no variable \$cost, only \$method_name, /);
});

test('methods have the formats that name them, lines are in the file when it is closed', async () => {
  const file = join(folder, 'logs/access.log');
  const formats = { reads: { format: 'read $collection_name', methods: ['Search', 'entities/search'] } };
  const log = new AccessLog({ file, format: 'other $method_name', formats });
  for (const method of ['Search', 'Insert', 'entities/search']) log.write({ ...ENTRY, method });
  await log[Symbol.asyncDispose]();
  expect(await readFile(file, 'utf8')).toBe('read books\nother Insert\nread books\n');
});

test('a file that cannot be opened is an error of the setting', () => {
  const open = () => new AccessLog({ file: folder, format: '$method_name', formats: {} });
  expect(open).toThrow(/the access log cannot be opened/);
});
