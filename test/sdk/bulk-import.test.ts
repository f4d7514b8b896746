import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { okData } from './support/answers.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { httpChapter, type Rest } from './support/http-chapter.ts';

const IMPORT_TIMEOUT_MS = 30_000;

httpChapter('Bulk import', (rest) => {
  feature('JSON: an array of rows, {"rows": [...]}, lines', () => {
    const rows = [row(1, 'one'), row(2, 'two'), row(9007199254740993n, 'three')];
    const asJson = (value: unknown) =>
      JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `#${inner}#` : inner)).replace(
        /"#(\d+)#"/g,
        '$1',
      );
    test.each([
      ['rows.json', asJson(rows)],
      ['wrapped.json', asJson({ rows })],
      ['lines.jsonl', rows.map(asJson).join('\n')],
    ])('%s', async (name, text) => {
      const collectionName = await createBooks(rest);
      const job = await importFile(rest, collectionName, name, text);
      expect(job).toMatchObject({ state: 'Completed', progress: 100, importedRows: 3, totalRows: 3, collectionName });
      expect(job.details).toMatchObject([
        { state: 'Completed', progress: 100, importedRows: 3, fileSize: text.length },
      ]);
      expect(await allBooks(rest, collectionName)).toEqual([
        { id: '1', title: 'one', year: 7, shelf: 'new' },
        { id: '2', title: 'two', year: 7, shelf: 'new' },
        { id: '9007199254740993', title: 'three', year: 7, shelf: 'new' },
      ]);
      expect(await nearest(rest, collectionName, [2, 0, 0, 0])).toBe('2');
    });
  });

  feature('CSV with its separator and null text', () => {
    test('cells, quotes, vectors, nulls that become defaults', async () => {
      const collectionName = await createBooks(rest);
      const text = 'id;title;year;vector\n1;"semi;colon";1999;[1, 0, 0, 0]\n2;two;NIL;"[2, 0, 0, 0]"\n';
      const job = await importFile(rest, collectionName, 'rows.csv', text, { sep: ';', nullkey: 'NIL' });
      expect(job).toMatchObject({ state: 'Completed', importedRows: 2 });
      expect(await allBooks(rest, collectionName)).toEqual([
        { id: '1', title: 'semi;colon', year: 1999 },
        { id: '2', title: 'two', year: 7 },
      ]);
    });
  });

  feature('Parquet', () => {
    test('scalars, lists as vectors, nulls', async () => {
      const collectionName = await createBooks(rest);
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: 'id', data: [1n, 2n] },
          { name: 'title', data: ['one', 'two'] },
          { name: 'year', data: [1999, null] },
          {
            name: 'vector',
            data: [
              [1, 0, 0, 0],
              [2, 0, 0, 0],
            ],
          },
          { name: '$meta', data: ['{"shelf":"a"}', '{}'] },
        ],
        schema: [
          { name: 'root', num_children: 5 },
          { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
          { name: 'title', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
          { name: 'year', type: 'INT32', repetition_type: 'OPTIONAL' },
          { name: 'vector', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
          { name: '$meta', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        ],
      });
      const job = await importFile(rest, collectionName, 'rows.parquet', new Uint8Array(bytes));
      expect(job).toMatchObject({ state: 'Completed', importedRows: 2 });
      expect(await allBooks(rest, collectionName)).toEqual([
        { id: '1', title: 'one', year: 1999, shelf: 'a' },
        { id: '2', title: 'two', year: 7 },
      ]);
      expect(await nearest(rest, collectionName, [2, 0, 0, 0])).toBe('2');
    });
  });

  feature('an error names the file, the row, the field and the value', () => {
    test.each([
      [
        'bad.json',
        JSON.stringify([row(1, 'one'), { ...row(2, 'two'), year: 'soon' }]),
        /bad\.json: field year, row 1: "soon"/,
      ],
      [
        'dim.json',
        JSON.stringify([row(1, 'one'), { ...row(2, 'two'), vector: [1, 2] }]),
        /field vector, row 1: .*2 elements/,
      ],
      ['long.json', JSON.stringify([row(1, 'one'), row(2, 'x'.repeat(300))]), /title.*row number: 1, length: 300/],
      ['cut.json', '[{"id": 1, "title": "one"', /cut\.json: row 0 is not valid JSON/],
      [
        'bad.csv',
        'id,title,year,vector\n1,a,2000,"[1,0,0,0]"\n2,b,2000,soon\n',
        /field vector, row 1: soon is not JSON/,
      ],
      ['bad.parquet', 'no parquet at all', /bad\.parquet: not a readable Parquet file/],
    ])('%s', async (name, text, reason) => {
      const collectionName = await createBooks(rest);
      const job = await importFile(rest, collectionName, name, text);
      expect(job).toMatchObject({ state: 'Failed', reason: expect.stringMatching(reason) });
      expect(await allBooks(rest, collectionName), 'nothing of it is there').toEqual([]);
    });

    test('a file that is not there, or lies elsewhere', async () => {
      const collectionName = await createBooks(rest);
      for (const [path, reason] of [
        ['nowhere/1.json', /nowhere\/1\.json.*no such/],
        ['../../secrets.json', /no path of a file below the root/],
      ] as const) {
        const { jobId } = okData(await rest.post('jobs/import/create', { collectionName, files: [[path]] }));
        expect(await ended(rest, jobId)).toMatchObject({ state: 'Failed', reason: expect.stringMatching(reason) });
      }
    });

    test('one bad file of two: neither is imported', async () => {
      const collectionName = await createBooks(rest);
      const good = await store(rest, 'good.json', JSON.stringify([row(1, 'one')]));
      const bad = await store(rest, 'bad.json', JSON.stringify([{ ...row(2, 'two'), id: 'x' }]));
      const { jobId } = okData(await rest.post('jobs/import/create', { collectionName, files: [[good], [bad]] }));
      expect(await ended(rest, jobId)).toMatchObject({ state: 'Failed' });
      expect(await allBooks(rest, collectionName)).toEqual([]);
    });
  });

  feature('jobs are listed and described', () => {
    test('list by collection, an unknown job, an unknown file type', async () => {
      const collectionName = await createBooks(rest);
      const job = await importFile(rest, collectionName, 'rows.json', JSON.stringify([row(1, 'one')]));
      const { records } = okData(await rest.post('jobs/import/list', { collectionName }));
      expect(records).toEqual([{ jobId: job.jobId, collectionName, state: 'Completed', progress: 100 }]);
      expect(okData(await rest.post('jobs/import/describe', { jobId: job.jobId }))).toEqual(job);
      expect(await rest.post('jobs/import/describe', { jobId: '1' })).toMatchObject({ code: 2100 });
      expect(await rest.post('jobs/import/create', { collectionName, files: [['a.xml']] })).toMatchObject({
        code: 2100,
        message: expect.stringMatching(/file type/),
      });
      expect(await rest.post('jobs/import/create', { collectionName, files: [['a.npy']] })).toMatchObject({
        code: 3000,
      });
    });
  });

  feature('autoID, a partition, a partition key', () => {
    test('keys are assigned and grow', async () => {
      const collectionName = await createBooks(rest, { autoId: true });
      const { id: _, ...keyless } = row(1, 'one');
      await importFile(rest, collectionName, 'rows.json', JSON.stringify([keyless, { ...keyless, title: 'two' }]));
      const books = await allBooks(rest, collectionName);
      expect(books.map(({ title }) => title)).toEqual(['one', 'two']);
      const refused = await importFile(rest, collectionName, 'keys.json', JSON.stringify([row(1, 'one')]));
      expect(refused).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/auto id/) });
    });

    test('rows go to the partition that is named', async () => {
      const collectionName = await createBooks(rest);
      okData(await rest.post('partitions/create', { collectionName, partitionName: 'old' }));
      const path = await store(rest, 'rows.json', JSON.stringify([row(1, 'one')]));
      const body = { collectionName, partitionName: 'old', files: [[path]] };
      await ended(rest, okData(await rest.post('jobs/import/create', body)).jobId);
      const stats = await rest.post('partitions/get_stats', { collectionName, partitionName: 'old' });
      expect(okData(stats)).toMatchObject({ rowCount: 1 });
    });

    test('rows are spread by their partition key and found by it', async () => {
      const collectionName = await createBooks(rest, { partitionKey: true });
      const rows = Array.from({ length: 50 }, (_, i) => row(i, `title ${i % 5}`));
      await importFile(rest, collectionName, 'rows.json', JSON.stringify(rows));
      const filter = 'title == "title 3"';
      const found = okData(
        await rest.post('entities/query', { collectionName, filter, outputFields: ['id'], consistencyLevel: 'Strong' }),
      );
      expect(found.map(({ id }: { id: number }) => id)).toEqual([3, 8, 13, 18, 23, 28, 33, 38, 43, 48]);
    });
  });

  feature('rows that were deleted before an import come with it, later deletes hit them', () => {
    test('delete, import, delete', async () => {
      const collectionName = await createBooks(rest);
      okData(await rest.post('entities/delete', { collectionName, filter: 'id in [1]' }));
      await importFile(rest, collectionName, 'rows.json', JSON.stringify([row(1, 'one'), row(2, 'two')]));
      expect((await allBooks(rest, collectionName)).map(({ id }) => id)).toEqual(['1', '2']);
      okData(await rest.post('entities/delete', { collectionName, filter: 'id in [1]' }));
      expect((await allBooks(rest, collectionName)).map(({ id }) => id)).toEqual(['2']);
    });
  });
});

function row(id: number | bigint, title: string) {
  return { id, title, vector: [Number(BigInt(id) % 1000n), 0, 0, 0], shelf: 'new' };
}

async function createBooks(rest: Rest, options: { autoId?: boolean; partitionKey?: boolean } = {}): Promise<string> {
  const collectionName = uniqueName('import');
  const { autoId = false, partitionKey = false } = options;
  okData(
    await rest.post('collections/create', {
      collectionName,
      schema: {
        autoId,
        enabledDynamicField: true,
        fields: [
          { fieldName: 'id', dataType: 'Int64', isPrimary: true },
          {
            fieldName: 'title',
            dataType: 'VarChar',
            isPartitionKey: partitionKey,
            elementTypeParams: { max_length: '100' },
          },
          { fieldName: 'year', dataType: 'Int32', defaultValue: 7 },
          { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: '4' } },
        ],
      },
      indexParams: [{ fieldName: 'vector', indexName: 'vector', metricType: 'L2', indexType: 'HNSW' }],
    }),
  );
  return collectionName;
}

/** The path of the file below the root of the storage. */
async function store(rest: Rest, name: string, content: string | Uint8Array): Promise<string> {
  const path = `imports/${uniqueName('Files')}/${name}`;
  const place = join(rest.deployment.storageFolder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, content);
  return path;
}

async function importFile(
  rest: Rest,
  collectionName: string,
  name: string,
  content: string | Uint8Array,
  options: object = {},
) {
  const path = await store(rest, name, content);
  const created = okData(await rest.post('jobs/import/create', { collectionName, files: [[path]], options }));
  return ended(rest, created.jobId);
}

/** The job when it is completed or failed. */
async function ended(rest: Rest, jobId: string) {
  const untilMs = Date.now() + IMPORT_TIMEOUT_MS;
  for (;;) {
    const job = okData(await rest.post('jobs/import/get_progress', { jobId }));
    if (job.state === 'Completed' || job.state === 'Failed') return job;
    if (Date.now() > untilMs) throw new Error(`import ${jobId} is still ${job.state}`);
    await sleep(50);
  }
}

async function allBooks(rest: Rest, collectionName: string): Promise<Record<string, unknown>[]> {
  const body = {
    collectionName,
    filter: '',
    limit: 100,
    outputFields: ['title', 'year', 'shelf'],
    consistencyLevel: 'Strong',
  };
  const rows = okData(await rest.post('entities/query', body, { 'Accept-Type-Allow-Int64': 'false' }));
  return rows;
}

async function nearest(rest: Rest, collectionName: string, vector: number[]): Promise<unknown> {
  const body = { collectionName, data: [vector], annsField: 'vector', limit: 1, consistencyLevel: 'Strong' };
  const [hit] = okData(await rest.post('entities/search', body, { 'Accept-Type-Allow-Int64': 'false' }));
  return hit.id;
}
