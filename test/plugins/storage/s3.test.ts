import { afterAll, beforeAll, describe } from 'vitest';
import { storageContract } from '../../contract/storage-contract.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { missingVersityGateway, VersityGateway } from '../../servers/versitygw.ts';
import { openBuiltin } from '../test-host.ts';

const canRun = mayRunWith('an S3 server', missingVersityGateway());

describe.runIf(canRun)('S3', () => {
  let server: VersityGateway;
  let bucketCount = 0;

  beforeAll(async () => {
    server = await VersityGateway.start();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  storageContract('the storage in S3', async () => {
    const bucket = `contract-${++bucketCount}`;
    await server.createBucket(bucket);
    const options = { ...server.options(bucket), prefix: 'clusters/one/' };
    await server.createFolder(bucket, 'clusters/one/side/by/side/');
    return { open: () => openBuiltin('storage', 's3', options), [Symbol.asyncDispose]: async () => {} };
  });
});
