import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandRun, CommandRunner } from './command-runner.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { post } from './rest-client.ts';

const ROWS = 40;
const SCALARS = ['Bool', 'Int8', 'Int16', 'Int32', 'Int64', 'Float', 'Double'];
const VECTORS = ['FloatVector', 'Float16Vector', 'BFloat16Vector', 'BinaryVector', 'Int8Vector'];
const METRICS: Readonly<Record<string, string>> = { BinaryVector: 'HAMMING', SparseFloatVector: 'IP' };

const runner = new CommandRunner();
let deployment: Deployment;
let original: string;
const braid = (...args: readonly string[]): Promise<CommandRun> =>
  runner.run([...args, '--address', deployment.address]);

beforeAll(async () => {
  deployment = await DEPLOYMENTS[0]!.start();
  await createTyped('typed');
  const data = Array.from({ length: ROWS }, (_, i) => rowText(i)).join(',');
  const inserted = await post(deployment.address, 'entities/insert', `{"collectionName":"typed","data":[${data}]}`);
  expect(inserted, JSON.stringify(inserted)).toMatchObject({ code: 0, data: { insertCount: ROWS } });
  original = await exported('typed');
}, 120_000);

afterAll(async () => {
  runner[Symbol.dispose]();
  await deployment?.[Symbol.asyncDispose]();
});

test('what is exported as JSON lines is what was inserted', () => {
  const rows = original.trimEnd().split('\n');
  expect(rows).toHaveLength(ROWS);
  expect(rows[1]).toContain(`"int64":${9_007_199_254_740_993n}`);
  expect(JSON.parse(rows[2]!)).toMatchObject({
    ...{ id: 2, text: ' a "text", 2\nof two lines ', color: 'blue', maybe: 2, tags: ['x2', ''], bits: [2, 3] },
    ...{ sparse: { 2: 0.5, 70000: 1 }, items: [{ label: 'l2', embedding: [2, 0.5] }], halves: [0.5, 2, 0, -1] },
  });
  expect(JSON.parse(rows[0]!)).toMatchObject({ id: 0, text: '', maybe: null, tags: [], maybe_vector: null, items: [] });
});

test.each(['jsonl', 'csv', 'parquet'])('%s: export and import make the same rows of every type', async (format) => {
  const file = join(runner.folder, `typed.${format}`);
  expect(await braid('export', 'typed', file)).toMatchObject({ exitCode: 0, errors: '' });
  const copy = `copy_${format}`;
  await createTyped(copy);
  const { output, errors } = await braid('import', copy, file);
  expect({ output, errors }).toEqual({ output: `${ROWS} rows inserted into ${copy}\n`, errors: '' });
  expect(await exported(copy)).toBe(original);
});

test('a Parquet file of an export is read by a bulk import, too', async () => {
  const file = join(runner.folder, 'bulk.parquet');
  await braid('export', 'typed', file);
  mkdirSync(join(deployment.processes.folder, 'data/storage/imports'), { recursive: true });
  copyFileSync(file, join(deployment.processes.folder, 'data/storage/imports/bulk.parquet'));
  await createTyped('bulk');
  const { output, errors } = await braid('import', 'bulk', '--storage', 'imports/bulk.parquet');
  expect(output, errors).toMatch(/^40 rows imported/);
  expect(await exported('bulk')).toBe(original);
});

test('chosen fields and a filter; the primary key is always there; a file that others can read', async () => {
  const asked = ['export', 'typed', '-', '--format', 'csv', '--output', 'text,int64', '--filter', 'id in [1, 3]'];
  const { output } = await braid(...asked);
  expect(output).toBe(
    'id,int64,text,$meta\n1,9007199254740993," a ""text"", 1\nof two lines ",\n3,27021597764222979," a ""text"", 3\nof two lines ",\n',
  );
});

test.each([
  [
    'jsonl',
    (i: number) => `${i === 37 ? rowText(137).replace('"bool":false', '"bool":"maybe"') : rowText(100 + i)}\n`,
    38,
  ],
  ['csv', (i: number) => (i === 0 ? 'id,int8\n' : `${i},${i === 37 ? 1000 : 1}\n`), 38],
])('%s: a wrong row is named by its line; all before it are in, and one can go on there', async (format, line, at) => {
  const name = `wrong_${format}`;
  if (format === 'csv') await createSmall(name);
  else await createTyped(name);
  const file = join(runner.folder, `wrong.${format}`);
  writeFileSync(file, Array.from({ length: ROWS }, (_, i) => line(i)).join(''));
  const { exitCode, errors } = await braid('import', name, file);
  expect(exitCode).toBe(1);
  expect(errors).toMatch(
    new RegExp(`wrong.${format}, line ${at}: (?!.*row 0).*all rows before it are in, --from-line ${at} goes on there`),
  );
  const rowsBefore = format === 'csv' ? at - 2 : at - 1;
  expect((await exported(name)).trimEnd().split('\n')).toHaveLength(rowsBefore);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"bool":"maybe"', '"bool":true').replace(',1000\n', ',1\n'));
  expect((await braid('import', name, file, '--from-line', String(at))).output).toMatch(`${ROWS - at + 1} rows`);
});

test('a file that is none: one clear line', async () => {
  writeFileSync(join(runner.folder, 'bad.parquet'), 'not at all');
  const { exitCode, errors } = await braid('import', 'typed', 'bad.parquet');
  expect(exitCode).toBe(1);
  expect(errors).toMatch(/^braid: bad\.parquet is not a readable Parquet file: .*\n$/);
  expect((await braid('export', 'typed', 'typed.xlsx')).errors).toMatch(/typed\.xlsx.*\.parquet.*--format/);
  expect((await braid('export', 'typed', 'some.csv', '--resume')).errors).toMatch(/--resume is for JSON lines/);
});

async function exported(collection: string): Promise<string> {
  const { exitCode, output, errors } = await braid('export', collection, '-');
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  return output;
}

/** Row 0 has nulls and empty values. As text: some numbers are larger than a double holds. */
function rowText(i: number): string {
  const row = {
    ...{
      id: i,
      bool: i % 2 === 0,
      int8: (i % 256) - 128,
      int16: -i,
      int32: i * 1_000_003,
      float: i / 8,
      double: i / 3,
    },
    text: i === 0 ? '' : ` a "text", ${i}\nof two lines `,
    doc: i % 3 === 0 ? `text ${i}` : { n: i, list: [1, null, 'x'], nested: { '': true } },
    ...{ maybe: i === 0 ? null : i, maybe_text: i % 2 === 0 ? null : '', maybe_vector: i === 0 ? null : [i, -i] },
    ...{ numbers: Array.from({ length: i % 3 }, (_, k) => k / 2), tags: i === 0 ? [] : [`x${i}`, ''] },
    ...{ flags: [true, false].slice(0, i % 3), place: `POINT (${i} 2)` },
    moment: new Date(Date.UTC(2025, 0, 1) + i * 86_400_123).toISOString(),
    ...{ floats: [i, 0.1, -3e-7, 0], halves: [0.5, i % 100, 0, -1], brains: [0.25, i % 64, 0, 1] },
    ...{ bits: [i % 256, 3], bytes: [i % 128, -128, 0, 127], sparse: { [i]: 0.5, 70000: 1 } },
    items: Array.from({ length: i % 4 > 2 ? 2 : i === 0 ? 0 : 1 }, () => ({ label: `l${i}`, embedding: [i, 0.5] })),
    ...(i % 2 === 0 && i > 0 && { color: 'blue', more: { deep: [i] } }),
  };
  return `{"int64":${BigInt(i) * 9_007_199_254_740_993n},${JSON.stringify(row).slice(1)}`;
}

async function createTyped(collectionName: string): Promise<void> {
  const array = (fieldName: string, elementDataType: string, more: object = {}) => ({
    ...{ fieldName, dataType: elementDataType === 'FloatVector' ? 'ArrayOfVector' : 'Array', elementDataType },
    elementTypeParams: { max_capacity: 8, ...more },
  });
  const vectors = VECTORS.map((dataType, i) => ({
    ...{ fieldName: ['floats', 'halves', 'brains', 'bits', 'bytes'][i]!, dataType },
    elementTypeParams: { dim: dataType === 'BinaryVector' ? 16 : 4 },
  }));
  const more = [
    { fieldName: 'sparse', dataType: 'SparseFloatVector' },
    { fieldName: 'maybe_vector', dataType: 'FloatVector', nullable: true, elementTypeParams: { dim: 2 } },
  ];
  const schema = {
    enableDynamicField: true,
    fields: [
      { fieldName: 'id', dataType: 'Int64', isPrimary: true },
      ...SCALARS.map((dataType) => ({ fieldName: dataType.toLowerCase(), dataType })),
      { fieldName: 'text', dataType: 'VarChar', elementTypeParams: { max_length: 100 } },
      { fieldName: 'doc', dataType: 'JSON' },
      { fieldName: 'maybe', dataType: 'Int32', nullable: true },
      { fieldName: 'maybe_text', dataType: 'VarChar', nullable: true, elementTypeParams: { max_length: 9 } },
      { fieldName: 'place', dataType: 'Geometry' },
      { fieldName: 'moment', dataType: 'Timestamptz' },
      array('numbers', 'Double'),
      array('tags', 'VarChar', { max_length: 20 }),
      array('flags', 'Bool'),
      ...vectors,
      ...more,
    ],
    structFields: [
      {
        fieldName: 'items',
        fields: [array('label', 'VarChar', { max_length: 32 }), array('embedding', 'FloatVector', { dim: 2 })],
      },
    ],
  };
  const indexParams = [...vectors, ...more].map(({ fieldName, dataType }) => ({
    ...{ fieldName, indexName: fieldName, metricType: METRICS[dataType] ?? 'L2', indexType: 'AUTOINDEX' },
  }));
  indexParams.push({
    fieldName: 'items[embedding]',
    indexName: 'items',
    metricType: 'MAX_SIM_IP',
    indexType: 'AUTOINDEX',
  });
  await mustCreate({ collectionName, schema, indexParams });
}

async function createSmall(collectionName: string): Promise<void> {
  const fields = [
    { fieldName: 'id', dataType: 'Int64', isPrimary: true },
    { fieldName: 'int8', dataType: 'Int8' },
    { fieldName: 'vector', dataType: 'FloatVector', nullable: true, elementTypeParams: { dim: 2 } },
  ];
  const indexParams = [{ fieldName: 'vector', indexName: 'vector', metricType: 'L2', indexType: 'AUTOINDEX' }];
  await mustCreate({ collectionName, schema: { fields }, indexParams });
}

async function mustCreate(body: object): Promise<void> {
  const created = await post(deployment.address, 'collections/create', body);
  expect(created, JSON.stringify(created)).toMatchObject({ code: 0 });
}
