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

  test('braid jobs without any', async () => {
    expect(await braid('jobs')).toMatchObject({ exitCode: 0, output: 'no imports; braid import makes them\n' });
    expect((await braid('jobs', '12345')).exitCode).toBe(1);
  });
});

/** Rows 0, 1, ... on a line, the last one with a large key. */
async function createBooks(address: string): Promise<void> {
  const must = async (path: string, body: object | string): Promise<void> =>
    expect(await post(address, path, body)).toMatchObject({ code: 0 });
  await must('collections/create', {
    collectionName: 'books',
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
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const key = row === ROWS - 1 ? LARGE_KEY : row;
    return `{"id":${key},"title":"${TOPICS[row % TOPICS.length]} ${row}","vector":[${row},0],"shelf":"${row % 5}"}`;
  });
  await must('entities/insert', `{"collectionName":"books","data":[${rows.join(',')}]}`);
  await must('collections/flush', { collectionName: 'books' });
}
