import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { okData } from './support/answers.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { httpChapter, type Rest } from './support/http-chapter.ts';

const IMPORT_TIMEOUT_MS = 30_000;
const MOMENTS = ['2025-03-01T12:00:00+02:00', '2024-12-31T23:59:59.5Z'];
const PLACES = ['POINT (13.4 52.5)', 'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))'];
const IDS = [0, 1];
const ITEMS = [
  [
    { label: 'a0', embedding: [0, 1] },
    { label: 'b0', embedding: [0, 2] },
  ],
  [{ label: 'b1', embedding: [1, 2] }],
];
const TEXTS = ['libraries for searching vectors', 'a clock for the desktop'];

httpChapter('Bulk import', (rest) => {
  feature('JSON: an array of rows, {"rows": [...]}, lines', () => {
    test('geometries, timestamps, texts for BM25, arrays of structs', async () => {
      const collectionName = await createEverything(rest);
      const rows = IDS.map((id) => ({ id, place: PLACES[id], moment: MOMENTS[id], text: TEXTS[id], items: ITEMS[id] }));
      await importFile(rest, collectionName, 'rows.json', JSON.stringify(rows));
      await expectEverything(rest, collectionName);
    });
  });

  feature('Parquet', () => {
    test('geometries, timestamps, texts for BM25, arrays of structs', async () => {
      const collectionName = await createEverything(rest);
      const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
      const list = { converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 } as const;
      const repeated = { name: 'list', repetition_type: 'REPEATED', num_children: 1 } as const;
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: 'id', data: IDS.map(BigInt) },
          { name: 'place', data: PLACES },
          { name: 'moment', data: MOMENTS.map((moment) => new Date(moment)) },
          { name: 'text', data: TEXTS },
          { name: 'items', data: ITEMS },
        ],
        schema: [
          { name: 'root', num_children: 5 },
          { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
          { name: 'place', ...text },
          { name: 'moment', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
          { name: 'text', ...text },
          { name: 'items', ...list },
          repeated,
          { name: 'element', repetition_type: 'OPTIONAL', num_children: 2 },
          { name: 'label', ...text },
          { name: 'embedding', ...list },
          repeated,
          { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
        ],
      });
      await importFile(rest, collectionName, 'rows.parquet', new Uint8Array(bytes));
      await expectEverything(rest, collectionName);
    });
  });

  feature('an error names the file, the row, the field and the value', () => {
    test.each([
      ['place', 'POINT (1', /field place, row 1/],
      ['moment', 'yesterday', /row 1 of field moment/],
      ['items', [{ label: 'x', embedding: [1] }], /items\[embedding\].*row 1|row 1.*items\[embedding\]/],
      ['items', [{ label: 'x', colour: 'red' }], /row 1.*no sub-field colour|items.*colour/],
    ])('a %s: %j', async (name, value, reason) => {
      const collectionName = await createEverything(rest);
      const good = { id: 0, place: PLACES[0], moment: MOMENTS[0], text: 'x', items: [] };
      const text = JSON.stringify([good, { ...good, id: 1, [name]: value }]);
      const job = await importJob(rest, collectionName, 'rows.json', text);
      expect(job).toMatchObject({ state: 'Failed', reason: expect.stringMatching(reason) });
    });
  });
});

/** What both files say, by filters, output and search. */
async function expectEverything(rest: Rest, collectionName: string): Promise<void> {
  const idsOf = async (filter: string) => {
    const rows = okData(await rest.post('entities/query', { collectionName, filter, outputFields: ['id'] }));
    return rows.map(({ id }: { id: unknown }) => Number(id));
  };
  expect(await idsOf("st_within(place, 'POLYGON ((10 50, 20 50, 20 60, 10 60, 10 50))')")).toEqual([0]);
  expect(await idsOf("moment > ISO '2025-01-01T00:00:00Z'")).toEqual([0]);
  expect(await idsOf("moment == ISO '2025-03-01T10:00:00Z'")).toEqual([0]);
  expect(await idsOf("moment == ISO '2024-12-31T23:59:59.5Z'")).toEqual([1]);
  const search = { collectionName, annsField: 'sparse', data: ['search library'], limit: 5, outputFields: ['place'] };
  expect(okData(await rest.post('entities/search', search))).toMatchObject([{ place: PLACES[0] }]);
  const query = { collectionName, filter: 'id >= 0', outputFields: ['items'] };
  const found = okData(await rest.post('entities/query', query));
  expect(found.map(({ items }: { items: unknown }) => items)).toEqual(ITEMS);
  const lists = { collectionName, annsField: 'items[embedding]', data: [[[1, 2]]], limit: 1, outputFields: ['id'] };
  expect(okData(await rest.post('entities/search', lists))).toMatchObject([{ id: 1, distance: 5 }]);
}

async function createEverything(rest: Rest): Promise<string> {
  const collectionName = uniqueName('import_fields');
  const arrayOf = (fieldName: string, elementDataType: string, params: object) => ({
    ...{ fieldName, dataType: elementDataType === 'FloatVector' ? 'ArrayOfVector' : 'Array', elementDataType },
    elementTypeParams: { max_capacity: 8, ...params },
  });
  const structFields = [
    {
      fieldName: 'items',
      fields: [arrayOf('label', 'VarChar', { max_length: 32 }), arrayOf('embedding', 'FloatVector', { dim: 2 })],
    },
  ];
  const indexParams = [
    { fieldName: 'sparse', indexName: 'sparse', metricType: 'BM25', indexType: 'AUTOINDEX' },
    { fieldName: 'items[embedding]', indexName: 'lists', metricType: 'MAX_SIM_IP' },
  ];
  const schema = {
    fields: [
      { fieldName: 'id', dataType: 'Int64', isPrimary: true },
      { fieldName: 'place', dataType: 'Geometry', nullable: true },
      { fieldName: 'moment', dataType: 'Timestamptz', nullable: true },
      {
        ...{ fieldName: 'text', dataType: 'VarChar' },
        elementTypeParams: { max_length: 100, enable_analyzer: true, analyzer_params: { type: 'english' } },
      },
      { fieldName: 'sparse', dataType: 'SparseFloatVector' },
    ],
    functions: [{ name: 'words', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'] }],
    structFields,
  };
  const params = { consistencyLevel: 'Strong' };
  okData(await rest.post('collections/create', { collectionName, schema, indexParams, params }));
  return collectionName;
}

async function importFile(rest: Rest, collectionName: string, name: string, content: string | Uint8Array) {
  expect(await importJob(rest, collectionName, name, content)).toMatchObject({ state: 'Completed', importedRows: 2 });
}

/** The job when it is completed or failed. */
async function importJob(rest: Rest, collectionName: string, name: string, content: string | Uint8Array) {
  const path = `imports/${uniqueName('Files')}/${name}`;
  const place = join(rest.deployment.storageFolder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, content);
  const { jobId } = okData(await rest.post('jobs/import/create', { collectionName, files: [[path]] }));
  const untilMs = Date.now() + IMPORT_TIMEOUT_MS;
  for (;;) {
    const job = okData(await rest.post('jobs/import/get_progress', { jobId }));
    if (job.state === 'Completed' || job.state === 'Failed') return job;
    if (Date.now() > untilMs) throw new Error(`import ${jobId} is still ${job.state}`);
    await sleep(50);
  }
}
