import { definePlugin } from '../plugin.ts';
import { abortUnfinishedUploads, probeBucket } from './s3/probe-bucket.ts';
import { S3Calls } from './s3/s3-calls.ts';
import { createS3Client } from './s3/s3-client.ts';
import { s3Options } from './s3/s3-options.ts';
import { S3Storage } from './s3/s3-storage.ts';

/** A bucket of AWS S3, or of a store that speaks its protocol with conditional writes. */
export default definePlugin({
  api: 1,
  kind: 'storage',
  name: 's3',
  options: s3Options,
  async open(options, host) {
    const { bucket, prefix, requestTimeoutMs, requestsAtOnceMax } = options;
    const client = await createS3Client(options, host.dataFolder);
    const calls = new S3Calls({ client, bucket, prefix, requestTimeoutMs, requestsAtOnceMax, host });
    try {
      await probeBucket(calls, host.logger);
    } catch (error) {
      client.destroy();
      throw error;
    }
    await abortUnfinishedUploads(calls, host.logger);
    return new S3Storage(calls);
  },
});
