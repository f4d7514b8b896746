import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConsistencyLevelEnum, DataType, MilvusClient, type RowData } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSuccess } from '../../examples/debian-packages/collection.ts';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

/** The scripts of docs/migration-from-milvus.md, between two servers. Braid is both: there is no Milvus here, and the scripts know pymilvus only. */

const ROWS = 2_500;
/** Of a server that was just started. */
const TOKEN = 'root:Milvus';
const script = (name: string): string => fileURLToPath(new URL(`../../examples/migration/${name}`, import.meta.url));
const mayRun = mayRunWith('pymilvus', missingPymilvus());

describe.runIf(mayRun)('moving data with pymilvus', () => {
  let source: Deployment;
  let target: Deployment;
  let client: MilvusClient;
  let there: MilvusClient;

  beforeAll(async () => {
    // The target wants to know who calls, as a Milvus may.
    const security = { authorizationEnabled: true };
    [source, target] = await Promise.all([DEPLOYMENTS[0]!.start(), DEPLOYMENTS[0]!.start({ security })]);
    client = await source.client();
    there = new MilvusClient({ address: target.address, token: TOKEN, logLevel: 'error' });
    await there.connectPromise;
    await createBooks(client);
  }, 600_000);

  afterAll(async () => {
    await there?.closeConnection();
    await source?.[Symbol.asyncDispose]();
    await target?.[Symbol.asyncDispose]();
  });

  const ends = (): string[] => [
    '--source',
    `http://${source.address}`,
    '--target',
    `http://${target.address}`,
    '--target-token',
    TOKEN,
  ];
  const rowsOf = async (of: MilvusClient, name: string): Promise<number> =>
    Number((await expectSuccess(of.count({ collection_name: name }))).data);

  test('a collection is copied with its schema, indexes, partitions, aliases and every row', async () => {
    const progress = ['--progress', join(target.processes.folder, 'progress.json')];
    const copied = await runPython(script('copy_collections.py'), [...ends(), ...progress, 'books']);
    expect(copied.trim()).toBe(`books: ${ROWS} rows`);
    const compared = await runPython(script('verify_copy.py'), [...ends(), 'books']);
    expect(compared).toMatch(new RegExp(`^books: ${ROWS} rows, 100 compared, .* 0 differences\n$`));
    const described = await expectSuccess(there.describeCollection({ collection_name: 'favourites' }));
    expect(described).toMatchObject({ collection_name: 'books', schema: { enable_dynamic_field: true } });
    expect(
      (await there.describeIndex({ collection_name: 'books', field_name: 'title' })).index_descriptions,
    ).toMatchObject([
      { index_name: 'by_title', params: expect.arrayContaining([{ key: 'index_type', value: 'INVERTED' }]) },
    ]);
    const partition = await there.getPartitionStatistics({ collection_name: 'books', partition_name: 'old' });
    expect(partition.data.row_count).toBe('500');
    const found = await expectSuccess(
      there.search({
        collection_name: 'books',
        anns_field: 'words',
        data: 'title 77',
        limit: 1,
        output_fields: ['id', 'shelf'],
      }),
    );
    expect(found.results).toMatchObject([{ id: '77', shelf: 'shelf 2' }]);

    // What was interrupted goes on behind the last key that was noted; the batch after it may be there already.
    const noted = JSON.parse(readFileSync(progress[1]!, 'utf8')) as object;
    expect(noted).toEqual({ books: { _default: ROWS - 501, old: ROWS - 1 } });
    await expectSuccess(there.delete({ collection_name: 'books', filter: `id > ${ROWS - 101}` }));
    await expectSuccess(client.insert({ collection_name: 'books', partition_name: 'old', data: [book(ROWS)] }));
    const again = runPython(script('copy_collections.py'), [...ends(), ...progress, 'books']);
    await expect(again).rejects.toThrow(`books: ${ROWS + 1} rows at the source, ${ROWS - 99} at the target`);
    await expect(runPython(script('verify_copy.py'), [...ends(), 'books'])).rejects.toThrow('ended with 1');
  }, 600_000);

  test('a collection is exported to Parquet files and imported by a job', async () => {
    await expectSuccess(client.delete({ collection_name: 'books', filter: `id >= ${ROWS}` }));
    const root = join(target.processes.folder, 'data', 'storage');
    const folder = join(root, 'imports', 'books');
    const from = ['--source', `http://${source.address}`];
    const printed = await runPython(script('export_files.py'), [...from, '--folder', folder, '--root', root, 'books']);
    const files = JSON.parse(printed.trim().split('\n').at(-1)!) as string[];
    expect(files.length).toBeGreaterThan(0);
    expect(files.every((file) => /^imports\/books\/.+\.parquet$/.test(file))).toBe(true);

    await createCollection(there, 'imported');
    const to = ['--target', `http://${target.address}`, '--target-token', TOKEN];
    const imported = await runPython(script('import_files.py'), [...to, 'imported', ...files]);
    expect(imported.trim().split('\n').at(-1)).toBe(`imported: ${ROWS} rows imported`);
    expect(await rowsOf(there, 'imported')).toBe(ROWS);
    const { data } = await expectSuccess(
      there.query({
        collection_name: 'imported',
        filter: 'id == 77',
        output_fields: ['title', 'big', 'year', 'meta', 'tags', 'half', 'shelf'],
        consistency_level: ConsistencyLevelEnum.Strong,
      }),
    );
    expect(data).toMatchObject([
      {
        id: '77',
        title: 'title 77',
        big: '9007199254741070',
        year: 77,
        meta: { number: 77, list: [1, { deep: 'ü' }] },
        tags: ['t77', 'ü'],
        half: [1, 0, 0.5, -1],
        $meta: { shelf: 'shelf 2' },
      },
    ]);
    const missing = runPython(script('import_files.py'), [...to, 'imported', 'imports/books/nothing.parquet']);
    await expect(missing).rejects.toThrow('nothing.parquet');
    const stranger = runPython(script('import_files.py'), [...to.slice(0, 2), 'imported', ...files]);
    await expect(stranger).rejects.toThrow('status code: 401');
  }, 600_000);
});

async function createBooks(client: MilvusClient): Promise<void> {
  await createCollection(client, 'books');
  await expectSuccess(client.createPartition({ collection_name: 'books', partition_name: 'old' }));
  await expectSuccess(client.createAlias({ collection_name: 'books', alias: 'favourites' }));
  const rows = Array.from({ length: ROWS }, (_, i) => book(i));
  const old = { collection_name: 'books', partition_name: 'old', data: rows.slice(-500) };
  await expectSuccess(client.insert({ collection_name: 'books', data: rows.slice(0, -500) }));
  await expectSuccess(client.insert(old));
}

/** Every kind of value that a copy could spoil: numbers beyond 2^53, bytes, nulls, the dynamic field, an output of a function. */
async function createCollection(client: MilvusClient, name: string): Promise<void> {
  await expectSuccess(
    client.createCollection({
      collection_name: name,
      enable_dynamic_field: true,
      consistency_level: 'Strong',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'title', data_type: DataType.VarChar, max_length: 100, enable_analyzer: true },
        { name: 'big', data_type: DataType.Int64 },
        { name: 'year', data_type: DataType.Int16, nullable: true },
        { name: 'meta', data_type: DataType.JSON },
        { name: 'tags', data_type: DataType.Array, element_type: DataType.VarChar, max_capacity: 5, max_length: 20 },
        { name: 'vector', data_type: DataType.FloatVector, dim: 8 },
        { name: 'bits', data_type: DataType.BinaryVector, dim: 16 },
        { name: 'half', data_type: DataType.Float16Vector, dim: 4 },
        { name: 'words', data_type: DataType.SparseFloatVector },
      ],
      functions: [{ name: 'bm25', type: 1, input_field_names: ['title'], output_field_names: ['words'], params: {} }],
      index_params: [
        { field_name: 'vector', index_type: 'HNSW', metric_type: 'L2', params: { M: 8, efConstruction: 100 } },
        { field_name: 'bits', index_type: 'BIN_FLAT', metric_type: 'HAMMING' },
        { field_name: 'half', index_type: 'AUTOINDEX', metric_type: 'COSINE' },
        { field_name: 'words', index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'BM25' },
        { field_name: 'title', index_type: 'INVERTED', index_name: 'by_title' },
      ],
    }),
  );
  await client.loadCollectionSync({ collection_name: name });
}

function book(i: number): RowData {
  const angle = i / 100;
  return {
    id: i,
    title: `title ${i}`,
    big: `${9_007_199_254_740_993n + BigInt(i)}`,
    year: i % 10 === 0 ? null : i % 2_000,
    meta: { number: i, list: [1, { deep: 'ü' }] },
    tags: [`t${i}`, 'ü'],
    vector: Array.from({ length: 8 }, (_, d) => Math.fround(Math.sin(angle * (d + 1)))),
    bits: [i % 256, 255],
    half: [1, i % 7, 0.5, -1],
    shelf: `shelf ${i % 3}`,
  };
}
