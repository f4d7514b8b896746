import { BraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import { STORAGE_LIMITS } from '../limits.ts';
import type { S3Calls } from './s3-calls.ts';
import { statusOf } from './s3-errors.ts';

/** An empty object that stays in the bucket; a name that no key can have. */
const PROBE_KEY = '.braid/conditional-write';

/**
 * Refuses a bucket that cannot be used: not there, wrong keys, or a store that does not honour `If-None-Match: *` on both kinds of upload, and so would replace
 * objects. Whoever may not write is let through with a warning: readers need not.
 */
export async function probeBucket(calls: S3Calls, logger: PluginLogger): Promise<void> {
  try {
    await putProbe(calls);
    if (await putProbe(calls)) throw notConditional(calls, 'PutObject replaced an object');
    if (await completeProbe(calls)) throw notConditional(calls, 'CompleteMultipartUpload replaced an object');
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    if (statusOf(cause) === 501) throw notConditional(calls, 'it answered NotImplemented', error);
    if (cause?.name !== 'AccessDenied') throw error;
    logger.warn({ bucket: calls.bucket }, 'no right to write to the bucket: only a reader can use this storage');
  }
}

/** Uploads in parts that nobody completed are invisible but paid for: those that crashes left long ago are given up. Needs a right that not all have. */
export async function abortUnfinishedUploads(calls: S3Calls, logger: PluginLogger): Promise<void> {
  const { client, bucket, prefix } = calls;
  try {
    const { Uploads = [] } = await calls.run('list uploads below', prefix, (abortSignal) =>
      client.listMultipartUploads({ Bucket: bucket, Prefix: prefix }, { abortSignal }),
    );
    const isOld = (initiated: Date | undefined): boolean =>
      initiated !== undefined && Date.now() - initiated.getTime() > STORAGE_LIMITS.unfinishedAgeMsMax;
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (!isOld(Initiated)) continue;
      await calls.run('give up the upload of', Key!, (abortSignal) =>
        client.abortMultipartUpload({ Bucket: bucket, Key, UploadId }, { abortSignal }),
      );
    }
  } catch (error) {
    logger.debug({ error: (error as Error).message }, 'unfinished uploads were not looked for');
  }
}

/** True when the store took it. */
async function putProbe(calls: S3Calls): Promise<boolean> {
  const request = { ...calls.at(PROBE_KEY), Body: new Uint8Array(0), IfNoneMatch: '*' };
  return isTaken(calls.run('store', PROBE_KEY, (abortSignal) => calls.client.putObject(request, { abortSignal })));
}

async function completeProbe(calls: S3Calls): Promise<boolean> {
  const { client } = calls;
  const place = calls.at(PROBE_KEY);
  const run = <Result>(call: (abortSignal: AbortSignal) => Promise<Result>): Promise<Result> =>
    calls.run('store', PROBE_KEY, call);
  const { UploadId } = await run((abortSignal) => client.createMultipartUpload(place, { abortSignal }));
  try {
    const part = { ...place, UploadId, PartNumber: 1 };
    const { ETag } = await run((abortSignal) =>
      client.uploadPart({ ...part, Body: Buffer.from('x') }, { abortSignal }),
    );
    const completion = { ...place, UploadId, IfNoneMatch: '*', MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    return await isTaken(run((abortSignal) => client.completeMultipartUpload(completion, { abortSignal })));
  } finally {
    await client.abortMultipartUpload({ ...place, UploadId }).catch(() => undefined);
  }
}

async function isTaken(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (statusOf((error as Error).cause) === 412) return false;
    throw error;
  }
}

function notConditional(calls: S3Calls, what: string, cause?: unknown): BraidError {
  const message = `the store of bucket ${calls.bucket} does not honour "If-None-Match: *" (${what}): a store with conditional writes is needed (AWS S3, or MinIO, Ceph and others in a newer version)`;
  return new BraidError('notSupported', message, { cause });
}
