import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStorage } from '../../../plugins/storage/storage.ts';
import { HttpFaultProxy } from '../../servers/http-fault-proxy.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { S3rver } from '../../servers/s3rver.ts';
import { missingVersityGateway, VersityGateway } from '../../servers/versitygw.ts';
import { openBuiltin } from '../test-host.ts';

/** More than two parts. */
const LARGE = 20_000_001;
/** Of the tries of one call: see S3_LIMITS. */
const RETRIES_MS_MAX = 60_000;

const canRun = mayRunWith('an S3 server', missingVersityGateway());

describe.runIf(canRun)('faults of the storage in S3', () => {
  let server: VersityGateway;
  let proxy: HttpFaultProxy;
  let storage: ObjectStorage;
  let bucket: string;
  let bucketFolder: string;
  let scratch: string;
  let count = 0;

  beforeAll(async () => {
    server = await VersityGateway.start();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  beforeEach(async () => {
    bucket = `faults-${++count}`;
    bucketFolder = await server.createBucket(bucket);
    scratch = await mkdtemp(join(tmpdir(), 'braid-scratch-'));
    proxy = await HttpFaultProxy.start(server.port);
    storage = await openBehindProxy();
  });

  afterEach(async () => {
    await storage[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true });
  });

  const openBehindProxy = (options: object = {}): Promise<ObjectStorage> =>
    openBuiltin('storage', 's3', { ...server.options(bucket), endpoint: proxy.endpoint, ...options });

  /** The fault happens to the first `times` requests whose line fits. */
  const spoil = (
    fault: NonNullable<ReturnType<HttpFaultProxy['faultFor']>>,
    line: RegExp,
    times = 1,
  ): (() => number) => {
    let happened = 0;
    proxy.faultFor = (seen) => {
      if (!line.test(seen) || happened >= times) return undefined;
      happened++;
      return fault;
    };
    return () => happened;
  };

  const largeFile = async (): Promise<{ readonly path: string; readonly bytes: Buffer }> => {
    const bytes = randomBytes(LARGE);
    const path = join(scratch, 'large');
    await writeFile(path, bytes);
    return { path, bytes };
  };

  const copyOf = async (key: string): Promise<Buffer> => {
    await storage.getFile(key, join(scratch, 'copy'));
    return readFile(join(scratch, 'copy'));
  };

  test('a large object goes in parts and comes back as it was', async () => {
    const { path, bytes } = await largeFile();
    const lines: string[] = [];
    proxy.faultFor = (line) => {
      lines.push(line);
      return undefined;
    };
    await storage.putFile('big/1', path);
    expect(lines.filter((line) => line.includes('partNumber='))).toHaveLength(3);
    expect(bytes.equals(await copyOf('big/1'))).toBe(true);
    expect(bytes.equals(await storage.get('big/1'))).toBe(true);
    await expect(storage.putFile('big/1', path)).rejects.toMatchObject({ kind: 'storageFailed' });
  });

  test.each(['slow-down', 'lose-answer'] as const)(
    '%s: uploads are tried again and are not taken for those of others',
    async (fault) => {
      const { path, bytes } = await largeFile();
      for (const line of [/^PUT .*small/, /^POST .*uploads/, /^PUT .*partNumber=2/, /^POST .*uploadId=/]) {
        const happened = spoil(fault, line);
        const key = `a/${line.source.replace(/[^a-z]/g, '')}-small`;
        if (line.source.includes('small')) {
          await storage.put(key, Buffer.from('content'));
          expect(Buffer.from(await storage.get(key)).toString()).toBe('content');
        } else {
          await storage.putFile(key.replace('-small', ''), path);
          expect(bytes.equals(await copyOf(key.replace('-small', '')))).toBe(true);
        }
        expect(happened(), String(line)).toBe(1);
      }
    },
  );

  test.each(['slow-down', 'truncate', 'stall', 'lose-answer'] as const)('%s: reads are continued', async (fault) => {
    const { path, bytes } = await largeFile();
    await storage.putFile('big/1', path);
    await storage[Symbol.asyncDispose]();
    storage = await openBehindProxy({ requestTimeoutMs: 1_000 });
    const happened = spoil(fault, /^GET .*big/, 3);
    expect(bytes.equals(await copyOf('big/1'))).toBe(true);
    expect(happened()).toBe(3);
  });

  test('bytes that are damaged on the way to the store are refused there and sent again', async () => {
    const { path, bytes } = await largeFile();
    const happened = spoil('corrupt-sent', /^PUT .*(small|partNumber=2)/, 2);
    await storage.put('a/small', Buffer.from('content'));
    await storage.putFile('big/1', path);
    expect(happened()).toBe(2);
    expect(Buffer.from(await storage.get('a/small')).toString()).toBe('content');
    expect(bytes.equals(await copyOf('big/1'))).toBe(true);
  });

  test(
    'a store that always says "slow down" is a retriable error, and no local file stays',
    async () => {
      await storage.put('a/1', Buffer.from('x'));
      spoil('slow-down', /^GET/, Number.POSITIVE_INFINITY);
      await expect(copyOf('a/1')).rejects.toMatchObject({
        kind: 'serviceUnavailable',
        message: expect.stringMatching(/a\/1.*SlowDown/),
        retriable: true,
      });
      expect(await readdir(scratch)).toEqual([]);
    },
    RETRIES_MS_MAX,
  );

  test(
    'a server that dies comes back within the tries',
    async () => {
      const { path, bytes } = await largeFile();
      await storage.putFile('big/1', path);
      await server.kill();
      const copy = copyOf('big/1');
      const put = storage.put('a/1', Buffer.from('x'));
      await server.startAgain();
      expect(bytes.equals(await copy)).toBe(true);
      await put;
      expect(Buffer.from(await storage.get('a/1')).toString()).toBe('x');
    },
    RETRIES_MS_MAX,
  );

  test(
    'several pages are listed, more keys than one call takes are deleted',
    async () => {
      await mkdir(join(bucketFolder, 'many'));
      const names = Array.from({ length: 2_100 }, (_, i) => `many/${i}`);
      for (const name of names) await writeFile(join(bucketFolder, name), '');
      const listed = async (): Promise<string[]> => {
        const keys: string[] = [];
        for await (const { key } of storage.list('many/')) keys.push(key);
        return keys;
      };
      expect((await listed()).toSorted()).toEqual(names.toSorted());
      spoil('slow-down', /^POST .*delete/);
      await storage.delete(names);
      expect(await listed()).toEqual([]);
    },
    RETRIES_MS_MAX,
  );

  test('a bucket that is not there and wrong keys stop the start and say what is wrong', async () => {
    await expect(openBehindProxy({ bucket: 'missing' })).rejects.toMatchObject({
      kind: 'storageFailed',
      message: expect.stringMatching(/bucket missing: there is no such bucket/),
    });
    await expect(openBehindProxy({ secretAccessKey: 'wrong' })).rejects.toThrow(/the secret access key is wrong/);
    await expect(openBehindProxy({ accessKeyId: 'nobody' })).rejects.toThrow(/access key/i);
    await expect(openBehindProxy({ secretAccessKey: undefined })).rejects.toThrow(/set together/);
  });

  test('a store that replaces objects is refused', async () => {
    await using old = await S3rver.start('old-bucket');
    await expect(openBuiltin('storage', 's3', old.options)).rejects.toMatchObject({
      kind: 'notSupported',
      message: expect.stringMatching(/If-None-Match/),
    });
  });
});
