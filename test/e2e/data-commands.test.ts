import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandRun, CommandRunner } from './command-runner.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { post } from './rest-client.ts';

/** Larger than what a double holds. */
const LARGE_KEY = '9007199254740993';
const ROWS = 300;
const TOPICS = ['desert', 'ocean', 'forest'];

describe.each(DEPLOYMENTS)('$name', ({ start }) => {
  const runner = new CommandRunner();
  let deployment: Deployment;
  let braid: (...args: readonly string[]) => Promise<CommandRun>;
  let managed: (...args: readonly string[]) => Promise<CommandRun>;

  beforeAll(async () => {
    deployment = await start({ writer: { segmentRowsMax: 100 } });
    const router = deployment.processes.started.at(-1)!;
    braid = (...args) => runner.run([...args, '--address', deployment.address]);
    managed = (...args) => runner.run([...args, '--address', `127.0.0.1:${router.managementPort}`]);
    await createBooks(deployment.address);
  }, 120_000);

  afterAll(async () => {
    runner[Symbol.dispose]();
    await deployment?.[Symbol.asyncDispose]();
  });

  test('braid collections lists them, and describes one', async () => {
    const list = await braid('collections');
    expect(list).toMatchObject({ exitCode: 0, errors: '' });
    expect(list.output).toMatch(new RegExp(`^books +${ROWS} +loaded +4 +vector L2, sparse BM25`, 'm'));
    const { output } = await braid('collections', 'books');
    expect(output).toMatch(/^sparse +SparseFloatVector +bm25 of title$/m);
    expect(output).toMatch(/^id +Int64 +primary key$/m);
    const described = JSON.parse((await braid('collections', 'books', '--json')).output);
    expect(described).toMatchObject({ rows: ROWS, partitions: ['_default'] });
  });

  test('braid collections of one that is not there: exit code 1', async () => {
    const { exitCode, errors } = await braid('collections', 'nowhere');
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^braid: .*nowhere.*code 100/);
  });

  test('braid segments shows all rows and who holds them, and nothing is moving in the end', async () => {
    const segments = JSON.parse((await managed('segments', 'books', '--json')).output) as { rows: number }[];
    expect(segments.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    await expect
      .poll(async () => JSON.parse((await managed('segments', '--moving', '--json')).output), { timeout: 20_000 })
      .toEqual([]);
    expect((await managed('segments', 'default.books')).output).toMatch(/^default\.books +\d+ +_default +\d+ /m);
    expect((await managed('segments', 'nowhere')).errors).toMatch(/nowhere.*books/);
  });

  test('braid ring shows what each reader has; shares are the whole', async () => {
    const [ring] = JSON.parse((await managed('ring', '--json')).output) as {
      members: { share: number; byteLength: number }[];
    }[];
    expect(ring!.members.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(ring!.members.some(({ byteLength }) => byteLength > 0)).toBe(true);
    expect((await managed('ring')).output).toMatch(/^ring of consistent-hash in .*\n.*\n.*\n.*█/);
  });

  test('braid search by row, vector and text finds what is near', async () => {
    const byVector = JSON.parse(
      (await braid('search', 'books', '--vector', '[7,0]', '--field', 'vector', '--json')).output,
    );
    expect(byVector).toHaveLength(10);
    expect(byVector[0]).toMatchObject({ id: 7, distance: 0 });
    const byRow = await braid('search', 'books', '--id', LARGE_KEY, '--field', 'vector', '--limit', '1');
    expect(byRow.output).toMatch(new RegExp(`^${LARGE_KEY} +0$`, 'm'));
    const byText = await braid('search', 'books', '--text', 'ocean', '--field', 'sparse', '--output', 'title');
    const titles = byText.output.trim().split('\n').slice(2);
    expect(titles).toHaveLength(10);
    for (const title of titles) expect(title).toContain('ocean');
  });

  test('braid search with a filter, and with one that is wrong', async () => {
    const near = ['search', 'books', '--vector', '[0,0]', '--field', 'vector'];
    const { output } = await braid(...near, '--filter', 'id >= 5 and id < 8', '--json');
    expect((JSON.parse(output) as { id: number }[]).map(({ id }) => id)).toEqual([5, 6, 7]);
    expect((await braid(...near, '--filter', 'id < 0')).output).toBe('no hits\n');
    const wrong = await braid(...near, '--filter', 'nothing <');
    expect(wrong.exitCode).toBe(1);
    expect(wrong.errors).toMatch(/^braid: .*code 1100/s);
  });

  test('braid jobs without imports: the indexes are built; what has not ended', async () => {
    const { exitCode, output } = await braid('jobs');
    expect(exitCode).toBe(0);
    expect(output).toMatch(new RegExp(`^vector +index build +books +done +100 % +${ROWS} of ${ROWS} rows$`, 'm'));
    expect(output).not.toContain('import');
    expect((await braid('jobs', '--running')).output).toBe('no jobs\n');
    expect((await braid('jobs', '12345')).exitCode).toBe(1);
  });

  test('braid collections: flush, compact, release, load, and what these say', async () => {
    await createBooks(deployment.address, 'acted', 0);
    const act = async (...words: readonly string[]) => (await braid('collections', ...words)).output;
    expect(await act('flush', 'acted')).toBe('acted is sealed up to now\n');
    expect(await act('release', 'acted')).toBe('acted is released\n');
    expect(await act('list')).toMatch(/^acted +0 +not loaded /m);
    expect(await act('load', 'acted', '--replicas', '1')).toBe('acted is loaded\n');
    expect(await act('describe', 'acted')).toMatch(/^acted: loaded, 0 rows/);
    expect(await act('compact', 'acted')).toBe('acted has nothing to compact\n');
    expect((await braid('collections', 'load', 'nowhere')).errors).toMatch(/nowhere/);
  });

  test('braid collections drop: not unasked, and only what is there', async () => {
    await createBooks(deployment.address, 'dropped', 0);
    const unasked = await braid('collections', 'drop', 'dropped');
    expect(unasked.exitCode).toBe(1);
    expect(unasked.errors).toMatch(/default\.dropped with 0 rows.*--yes/);
    expect((await braid('collections', 'drop', 'dropped', '--yes')).output).toBe('dropped is dropped\n');
    const again = await braid('collections', 'drop', 'dropped', '--yes');
    expect(again.exitCode).toBe(1);
    expect(again.errors).toMatch(/dropped.*code 100/);
  });

  test('braid jobs shows compactions, from the management port', async () => {
    await createBooks(deployment.address, 'compacted', 0);
    const begin = async (id: number): Promise<void> => {
      const data = [{ id, title: 'x', vector: [id, 0] }];
      expect(await post(deployment.address, 'entities/insert', { collectionName: 'compacted', data })).toMatchObject({
        code: 0,
      });
      await braid('collections', 'flush', 'compacted');
    };
    await begin(1);
    await begin(2);
    expect((await braid('collections', 'compact', 'compacted')).output).toMatch(
      /^compaction \d+ of compacted is done$/m,
    );
    const { managementPort } = deployment.processes.started.at(-1)!;
    const management = ['--management', `127.0.0.1:${managementPort}`, '--kind', 'compaction', '--json'];
    expect(JSON.parse((await braid('jobs', ...management)).output)).toMatchObject([
      {
        kind: 'compaction',
        collection: 'compacted',
        state: 'done',
        progress: 100,
        note: expect.stringMatching(/^2 rows of 2 segments, /),
      },
    ]);
  });

  test('braid export and import: the same rows, digits of large keys and dynamic fields included', async () => {
    const file = join(runner.folder, 'books.jsonl');
    expect(await braid('export', 'books', file)).toMatchObject({ exitCode: 0, errors: '' });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(ROWS);
    expect(lines.at(-1)).toContain(`"id":${LARGE_KEY}`);
    expect(JSON.parse(lines[7]!)).toEqual({ id: 7, title: 'ocean 7', vector: [7, 0], shelf: '2' });
    await createBooks(deployment.address, 'copy', 0);
    expect((await braid('import', 'copy', file)).output).toBe(`${ROWS} rows inserted into copy\n`);
    const copied = await braid('export', 'copy', '-');
    expect(copied.output).toBe(readFileSync(file, 'utf8'));
    expect((await braid('export', 'books', file)).errors).toMatch(/--force/);
    await braid('import', 'copy', file, '--upsert');
    expect((await braid('export', 'copy', '-')).output).toBe(copied.output);
  });

  test('an interrupted export goes on, behind its last whole line', async () => {
    const whole = (await braid('export', 'books', '-', '--filter', 'id != 5')).output;
    const file = join(runner.folder, 'resumed.jsonl');
    const cut = whole.slice(0, Math.floor(whole.length / 2));
    writeFileSync(`${file}.part`, cut);
    expect((await braid('export', 'books', file)).errors).toMatch(/--resume/);
    expect(existsSync(file)).toBe(false);
    const { output } = await braid('export', 'books', file, '--filter', 'id != 5', '--resume', '--json');
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect(JSON.parse(output)).toEqual({ file, format: 'jsonl', rows: ROWS - 1 - (cut.split('\n').length - 1) });
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  test('an import with a bad line says where to go on', async () => {
    const file = join(runner.folder, 'bad.jsonl');
    writeFileSync(file, '{"id":90001,"title":"a","vector":[1,1]}\n{"id":90002,\n');
    const { exitCode, errors } = await braid('import', 'books', file);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/bad\.jsonl, line 2: .*--from-line 2 goes on/);
    expect((await braid('import', 'books', 'books.json')).errors).toMatch(/--storage/);
  });

  test('braid import --storage runs a job, which braid jobs shows', async () => {
    const folder = join(deployment.processes.folder, DEPLOYMENTS[0]!.start === start ? 'data/storage' : 'storage');
    mkdirSync(join(folder, 'imports'), { recursive: true });
    writeFileSync(join(folder, 'imports/more.json'), '[{"id":1,"title":"one","vector":[1,1]}]');
    await createBooks(deployment.address, 'stored', 0);
    const { output } = await braid('import', 'stored', '--storage', 'imports/more.json');
    const [, job] = /^1 rows imported into stored by job (\d+)$/m.exec(output)!;
    expect((await braid('jobs')).output).toMatch(new RegExp(`^ *${job} +import +stored +done +100 %$`, 'm'));
    expect((await braid('jobs', job!)).output).toContain('imports/more.json');
    const failed = await braid('import', 'stored', '--storage', 'imports/nowhere.json');
    expect(failed.exitCode).toBe(1);
    expect(failed.errors).toMatch(/nowhere\.json/);
  });

  test('braid bench counts answers and errors', async () => {
    const run = ['bench', 'books', '--field', 'vector', '--requests', '50', '--concurrency', '4', '--json'];
    const { exitCode, output } = await braid(...run);
    expect(exitCode).toBe(0);
    const { requests, errors, queriesPerSecond, latencyMs } = JSON.parse(output);
    expect({ requests, errors }).toEqual({ requests: 50, errors: 0 });
    expect(queriesPerSecond).toBeGreaterThan(0);
    expect(latencyMs.p50).toBeLessThanOrEqual(latencyMs.p95);
    for (const protocol of [[], ['--grpc']]) {
      const failed = await braid(...run, ...protocol, '--filter', 'nothing <');
      expect(failed.exitCode).toBe(1);
      expect(JSON.parse(failed.output)).toMatchObject({ requests: 50, errors: 50, queriesPerSecond: 0 });
    }
    const compared = await braid(...run, '--grpc', '--recall', '20');
    expect(compared.exitCode, compared.output).toBe(0);
    expect(JSON.parse(compared.output)).toMatchObject({ protocol: 'grpc', requests: 50, errors: 0, recall: 1 });
  });
});

/** Rows 0, 1, ... on a line, the last one with a large key. */
async function createBooks(address: string, collectionName = 'books', rowCount = ROWS): Promise<void> {
  const must = async (path: string, body: object | string): Promise<void> =>
    expect(await post(address, path, body)).toMatchObject({ code: 0 });
  await must('collections/create', {
    collectionName,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: 'id', dataType: 'Int64', isPrimary: true },
        { fieldName: 'title', dataType: 'VarChar', elementTypeParams: { max_length: 100, enable_analyzer: true } },
        { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 2 } },
        { fieldName: 'sparse', dataType: 'SparseFloatVector' },
      ],
      functions: [{ name: 'bm25', type: 'BM25', inputFieldNames: ['title'], outputFieldNames: ['sparse'] }],
    },
    indexParams: [
      { fieldName: 'vector', indexName: 'vector', metricType: 'L2', indexType: 'HNSW' },
      { fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', indexType: 'SPARSE_INVERTED_INDEX' },
    ],
  });
  if (rowCount === 0) return;
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const key = row === ROWS - 1 ? LARGE_KEY : row;
    return `{"id":${key},"title":"${TOPICS[row % TOPICS.length]} ${row}","vector":[${row},0],"shelf":"${row % 5}"}`;
  });
  await must('entities/insert', `{"collectionName":"books","data":[${rows.join(',')}]}`);
  await must('collections/flush', { collectionName: 'books' });
}
