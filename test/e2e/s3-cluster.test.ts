import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HttpFaultProxy } from '../servers/http-fault-proxy.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { missingVersityGateway, VersityGateway } from '../servers/versitygw.ts';
import { ExactCollection } from './exact-load.ts';
import { MovingCluster, type MovingNode } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';
import { post } from './rest-client.ts';

const COLLECTION = 'in_s3';
const SEGMENTS = 3;
const BUCKET = 'braid';
const QUERIES = 20;
const IMPORT_TIMEOUT_MS = 60_000;
const FETCHED = /^GET .*\/segments\//;

const canRun = mayRunWith('an S3 server', missingVersityGateway());

describe.runIf(canRun)('a cluster on S3', () => {
  let server: VersityGateway;
  let proxy: HttpFaultProxy;
  let bucketFolder: string;
  let cluster: MovingCluster;
  let client: MilvusClient;
  let collection: ExactCollection;
  let fetched: string[] = [];

  beforeAll(async () => {
    server = await VersityGateway.start();
    bucketFolder = await server.createBucket(BUCKET);
    proxy = await HttpFaultProxy.start(server.port);
    spoilFetches(0);
    const options = { ...server.options(BUCKET), endpoint: proxy.endpoint, prefix: 'one/' };
    cluster = await MovingCluster.start({
      readers: 1,
      routers: 1,
      settings: { storage: { use: 's3', with: options }, writer: { compactionEnabled: false } },
    });
    client = await impatientClient(cluster.routers[0]!.address);
    const size = { segmentCount: SEGMENTS, segmentRows: 200, replicas: 1 };
    collection = await ExactCollection.create(client, COLLECTION, size);
  }, 120_000);

  beforeEach(() => cluster.settled(COLLECTION, 1), 60_000);

  afterAll(async () => {
    await client?.closeConnection();
    await cluster?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  }, 60_000);

  /** Remembers what is fetched of segments from now on, and damages the first `count` of these bodies. */
  const spoilFetches = (count: number): void => {
    fetched = [];
    proxy.faultFor = (line) => {
      if (!FETCHED.test(line)) return undefined;
      fetched.push(line);
      return fetched.length <= count ? 'corrupt' : undefined;
    };
  };

  const expectExactAnswers = async (): Promise<void> => {
    for (let query = 0; query < QUERIES; query++) {
      expect(await collection.faultOf(client, query, ConsistencyLevelEnum.Strong)).toBeUndefined();
    }
  };

  const cachedFiles = async ({ process }: MovingNode): Promise<string[]> => {
    const { dataFolder } = parse(readFileSync(process.configFile, 'utf8')) as { readonly dataFolder: string };
    const entries = await readdir(join(dataFolder, 'cache'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  const restartReader = async (whileDown?: () => Promise<void>): Promise<void> => {
    const { process } = cluster.readers[0]!;
    await cluster.processes.stop(process);
    await whileDown?.();
    await cluster.processes.revive(process);
    await cluster.settled(COLLECTION, 1);
  };

  test('the writer uploads what it seals, readers copy it to their cache', async () => {
    expect((await readdir(join(bucketFolder, 'one/segments'))).length).toBeGreaterThan(0);
    const folders = new Set((await cachedFiles(cluster.readers[0]!)).map((path) => dirname(path)));
    expect(folders.size).toBe(SEGMENTS);
    await expectExactAnswers();
  });

  test('a reader that is restarted fetches nothing that it has', async () => {
    spoilFetches(0);
    await restartReader();
    expect(fetched).toEqual([]);
    await expectExactAnswers();
  }, 60_000);

  test('a damaged copy is fetched again, and nothing else', async () => {
    spoilFetches(0);
    const damaged = (await cachedFiles(cluster.readers[0]!)).find((path) => path.endsWith('.arrow'))!;
    await restartReader(async () => {
      await using file = await open(damaged, 'r+');
      await file.write(Buffer.from([0xff]), 0, 1, (await file.stat()).size >> 1);
    });
    const name = damaged.slice(damaged.lastIndexOf('segments/'));
    expect(fetched.map((line) => line.split('?')[0])).toEqual([`GET /${BUCKET}/one/${name}`]);
    await expectExactAnswers();
  }, 60_000);

  test('bytes that are damaged on the way are found and fetched again', async () => {
    spoilFetches(2);
    const { process } = cluster.readers[0]!;
    const [first] = await cachedFiles(cluster.readers[0]!);
    await restartReader(() => rm(dirname(dirname(dirname(first!))), { recursive: true }));
    expect(fetched.length).toBeGreaterThan(2);
    expect(readFileSync(cluster.processes.logOf(process.name), 'utf8')).toMatch(/could not be loaded: .*\.incoming/);
    await expectExactAnswers();
  }, 60_000);

  test('the store dies: searches go on, and what is written meanwhile is stored when it is back', async () => {
    await server.kill();
    await expectExactAnswers();
    const name = 'written_meanwhile';
    const data = [{ id: 1, vector: [1, 0, 0, 0] }];
    await post(cluster.routers[0]!.address, 'collections/create', { collectionName: name, dimension: 4 });
    expect(await post(cluster.routers[0]!.address, 'entities/insert', { collectionName: name, data })).toMatchObject({
      code: 0,
    });
    const flushed = client.flushSync({ collection_names: [name] });
    await server.startAgain();
    expect((await flushed).status.error_code).toBe('Success');
  }, 60_000);

  test('files of a bulk import are read from the bucket', async () => {
    await mkdir(join(bucketFolder, 'one/imports'), { recursive: true });
    const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, vector: [id, 0, 0, 0] }));
    await writeFile(join(bucketFolder, 'one/imports/Rows.json'), JSON.stringify(rows));
    const rest = (path: string, body: object) => post(cluster.routers[0]!.address, path, body);
    const collectionName = 'imported';
    expect(await rest('collections/create', { collectionName, dimension: 4 })).toMatchObject({ code: 0 });
    const { data } = await rest('jobs/import/create', { collectionName, files: [['imports/Rows.json']] });
    const job = async () => (await rest('jobs/import/get_progress', { jobId: data.jobId })).data;
    await expect.poll(job, { timeout: IMPORT_TIMEOUT_MS }).toMatchObject({ state: 'Completed', importedRows: 2_000 });
    const counted = await rest('entities/query', {
      collectionName,
      outputFields: ['count(*)'],
      consistencyLevel: 'Strong',
    });
    expect(counted.data).toEqual([{ 'count(*)': 2_000 }]);
  }, 90_000);
});
